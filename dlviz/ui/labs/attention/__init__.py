"""Self-attention lab: every step from tokens to output, and what becomes of it when something is changed."""
