"""Convolution lab: a kernel laid over a picture, and the arithmetic of every pixel."""
