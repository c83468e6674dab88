"""The race itself: predicted, run and judged."""
