"""Pure rules of lists of places: the national schema, checks, hours, duplicates, repairs, exports. No framework, file, clock or network."""
