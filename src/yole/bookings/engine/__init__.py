"""Pure rules of the waiting list: no database, no clock."""
