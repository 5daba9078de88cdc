"""The territory: communes, groupings, quartiers, contours, holidays, and the settings that make it itself. Another one needs data, no code."""
