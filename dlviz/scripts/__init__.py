"""Scripts of plain PyTorch that a learner takes away, one way of filling them for all labs."""
