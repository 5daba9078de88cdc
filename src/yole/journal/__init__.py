"""Proof journal: the append-only, hash-chained record of acts that must be provable to somebody who does not trust the platform."""
