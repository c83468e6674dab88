"""The view Time machine of the Training lab: a network at each of its checkpoints."""
