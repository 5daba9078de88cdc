"""Activity reports (comptes rendus d'activité) and the roll-ups read by every statistic."""
