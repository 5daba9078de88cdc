"""Every write of the territory: quartiers and settings. Imports are in importing.py."""

from __future__ import annotations
