"""Training: the recipes by which the embedded weights were made."""
