"""Pre-trained encoders of the transformers library, such as BERT: loaded safely, read whole, and changed."""

PACKAGED = "all-MiniLM-L6-v2"  # name of the one that comes with the requirements


class NoEncoder(RuntimeError):
    """There is no encoder to load; the message says in one sentence why."""
