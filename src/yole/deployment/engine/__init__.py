"""Pure computation of the room; no framework, files, clock or network."""
