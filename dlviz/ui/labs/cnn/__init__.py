"""CNN lab: a digit, the network's answer, every feature map on the way, and panels that look closer."""
