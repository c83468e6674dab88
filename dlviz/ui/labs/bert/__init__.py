"""BERT lab: every layer and head of a pre-trained encoder on the learner's own text."""
