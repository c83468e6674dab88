"""The lab of text generation."""
