"""Finished and running runs, read as numbers: curves, comparisons, snapshots, durations."""
