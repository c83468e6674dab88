"""The lab Race: a CNN and a transformer of one size learn the same pictures."""
