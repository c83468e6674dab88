"""Data sets and the learner's own input, as tensors. What is embedded comes first, downloads second."""
