"""Training: runs that tell what they do, and the recipes by which the embedded weights were made."""
