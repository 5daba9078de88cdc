"""Pure computation of the territory: names, holidays, lines on a map."""
