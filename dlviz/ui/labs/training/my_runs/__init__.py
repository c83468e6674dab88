"""The view My runs of the Training lab: open, compare, keep and delete runs, and import weights."""
