"""Depth lab: whether more layers do more than wider ones, with as many weights."""
