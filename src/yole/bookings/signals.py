"""What happened to a booking, told to the room that owns the capacity, inside the same transaction.

Sent with `booking` (a Booking as it is after the act) and `act` (an Act value). A receiver that raises undoes the act.
"""

from django.dispatch import Signal

changed = Signal()
