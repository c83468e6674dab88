"""A learner's own pictures, sorted by a frozen network with a new head."""
