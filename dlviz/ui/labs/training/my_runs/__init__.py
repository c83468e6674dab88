"""The view My runs of the Training lab: keep, take away, delete, import."""
