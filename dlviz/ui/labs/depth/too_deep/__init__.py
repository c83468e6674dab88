"""Too deep: a view of the Depth lab."""
