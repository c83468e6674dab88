"""Layer by layer: a view of the Depth lab."""
