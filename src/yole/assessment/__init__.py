"""Assessment: what a person can do, in few questions, with the probability that the stated level is right.

`engine/` is pure computation on arrays (numpy only): calibration, scoring, adaptive choice, classification, fairness of items,
paper forms. `files.py` reads and writes the exchange files, `cli.py` holds `yole assessment …`.
"""
