"""Pure helpers used everywhere. Imports nothing of the house: no framework, no database, no clock."""
