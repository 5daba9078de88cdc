"""Yole: the open platform with which a territory runs digital inclusion from end to end."""

__version__ = "0.1.0"
