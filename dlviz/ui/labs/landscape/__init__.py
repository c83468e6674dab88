"""Loss landscape lab: the exact loss over two weights, and optimizers that race over it."""
