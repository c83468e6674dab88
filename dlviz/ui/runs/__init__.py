"""What every lab needs to know of a training run: watch it, open its network, say what made it."""
