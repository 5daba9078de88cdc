"""Advisers: posts, candidates, fair matching with reasons, training, budget."""
