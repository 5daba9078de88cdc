"""Item response theory on plain arrays. No framework, no files, no clock, no network.

Answers are int8 arrays of shape (persons, items): 1 right, 0 wrong, MISSING (−1) not presented.
"""
