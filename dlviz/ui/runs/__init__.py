"""Training runs as every lab knows them: watch one, open its network, say what made it."""
