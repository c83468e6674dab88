"""Transformer block lab: inside a block, the order of words, and a transformer that writes."""
