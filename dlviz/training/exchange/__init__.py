"""Weights and runs in and out: uploads, downloads, and what a weights file says of itself."""
