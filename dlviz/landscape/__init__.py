"""The loss as a function of weights: exact over two of them, and optimizers' ways through it."""
