"""Pre-trained encoders of the transformers library, such as BERT: loaded safely, read whole, and changed."""
