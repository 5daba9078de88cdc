"""Deployment: where to put advisers, antennas and the bus, with a proof of how good the plan is."""
