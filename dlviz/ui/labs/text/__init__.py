"""The lab of text classification."""
