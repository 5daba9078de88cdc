"""Loaded before the tests import numpy: the room asks it for one thread."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
