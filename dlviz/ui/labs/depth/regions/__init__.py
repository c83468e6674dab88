"""Regions: a view of the Depth lab."""
