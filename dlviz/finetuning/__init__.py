"""Fine-tuning an encoder on a few labelled sentences: ways to do it, training, and all that it changes."""


class NoFineTuning(ValueError):
    """An encoder or a file that cannot be fine-tuned or applied; the message says why in a sentence."""
