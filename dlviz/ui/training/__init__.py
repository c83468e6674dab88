"""The Training lab."""
