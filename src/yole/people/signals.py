"""What other rooms may listen to."""

from django.dispatch import Signal

# Sent inside the transaction, with `person_ids`: rows whose `canonical_ids` answer changed (a merge, a merge undone).
identities_changed = Signal()
# Sent inside the transaction, with `person_ids`: rows that name nobody any more (end of the delay, or erasure asked for).
persons_anonymised = Signal()
