"""Lessons that are written down: those that ship, the way through one alone, and where one is opened."""
