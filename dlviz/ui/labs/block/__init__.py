"""The lab of the transformer block."""
