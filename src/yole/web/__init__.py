"""The pages that join several rooms: the home page, and the entry of the professional space."""
