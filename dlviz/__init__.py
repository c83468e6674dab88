"""See deep learning: the lesson's networks, traced, explained and drawn from the learner's own input."""

__version__ = "0.1.0"
