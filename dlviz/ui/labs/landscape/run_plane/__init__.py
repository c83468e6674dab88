"""A run's plane: a view of the Loss landscape lab."""
