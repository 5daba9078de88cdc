"""Pure rules of workshops: dates, attendance, pasted lists. No database, no clock."""
