"""Pre-trained encoders of the transformers library, such as BERT: loaded safely, read whole, and changed."""


class NoEncoder(RuntimeError):
    """There is no encoder to load; the message says in one sentence why."""
