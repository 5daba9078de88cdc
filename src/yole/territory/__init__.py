"""The territory: communes, groupings, quartiers, contours, holidays, and its settings. Another one needs data, no code."""
