"""The CNN lab's parts: its state, its input, one pass through the network, and the panels below it."""
