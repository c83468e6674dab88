"""A neighbourhood: a view of the Loss landscape lab."""
