"""Frames shipped as dated data."""
