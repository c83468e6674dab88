"""Training: runs as generators of events, and the recipes by which the embedded weights were made."""
