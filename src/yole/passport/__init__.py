"""Levels, awards, verifiable credentials, public verification."""
