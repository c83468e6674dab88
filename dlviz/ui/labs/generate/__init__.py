"""Text generation lab: a character LSTM writes, and shows the distribution of every character."""
