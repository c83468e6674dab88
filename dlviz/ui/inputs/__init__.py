"""Inputs that several labs ask of a learner: a digit, a picture, a sentence."""
