"""Persons met: anonymous by default, followed with their agreement; consent, duplicates, retention, access, erasure."""
