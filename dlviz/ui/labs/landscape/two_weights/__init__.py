"""Two weights: a view of the Loss landscape lab."""
