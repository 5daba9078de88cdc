"""Yole: the open platform with which a territory runs digital inclusion from end to end."""

import os

# Small matrices: threads of the linear algebra cost more than they bring, and every process would start as many as there are cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
