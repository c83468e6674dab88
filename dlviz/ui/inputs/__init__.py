"""What several labs ask of a learner: a digit, a picture, a sentence."""
