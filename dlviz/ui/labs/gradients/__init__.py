"""Gradients lab: how much of a loss arrives at each step back in time."""
