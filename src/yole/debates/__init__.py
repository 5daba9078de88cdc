"""Debates (Café IA): what a room wrote, how it voted, and what can honestly be said of it."""

import os

# Read by numpy at its first import. On matrices of this size threads bring nothing, and on a busy machine
# their waiting made the permutation test ten times slower.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
