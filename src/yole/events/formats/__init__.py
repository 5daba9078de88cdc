"""Files of a programme, in and out: readers are tolerant and say what they repaired, writers are strict."""
