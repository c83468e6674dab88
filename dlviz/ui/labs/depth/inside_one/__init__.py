"""Inside one: a view of the Depth lab."""
