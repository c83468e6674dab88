"""Text classification lab: a sentence through a bidirectional LSTM, and what each word did to the answer."""
