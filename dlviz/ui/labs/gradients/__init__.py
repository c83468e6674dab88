"""The lab of gradients that vanish and explode."""
