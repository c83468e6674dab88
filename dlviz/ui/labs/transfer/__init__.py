"""Transfer learning lab: random numbers, and what ReLU leaves of them."""
