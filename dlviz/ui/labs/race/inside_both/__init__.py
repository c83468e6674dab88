"""Inside a pair of networks, on one picture: how far they see, what they rely on, where they disagree."""
