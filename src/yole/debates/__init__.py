"""Debates (Café IA): what a room wrote, how it voted, and what can honestly be said of it."""
