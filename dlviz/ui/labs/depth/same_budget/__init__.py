"""Same budget, six depths: a view of the Depth lab."""
