"""MLP lab: a digit, every hidden unit as a picture of its weights, the answer, and the drawing moved."""
