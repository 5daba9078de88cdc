"""Structures, accounts, roles, sign-in."""
