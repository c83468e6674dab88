"""Four ways to learn a few examples, side by side, and accuracy against their number."""
