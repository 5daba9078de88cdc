"""The floor of the house: refusals, permissions, registries, components, command-line rules, starting the database."""
