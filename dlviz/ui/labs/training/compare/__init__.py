"""The view Compare of the Training lab: runs side by side, and ready-made experiments."""
