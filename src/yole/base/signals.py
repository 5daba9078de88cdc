"""What the floor tells to whoever listens."""

from django.dispatch import Signal

# A signed-in account was refused an act (403), with `account`, `route` (room:name), `act` and `code`. Sent outside any transaction.
refused = Signal()
