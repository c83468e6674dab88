"""RNN lab: a sequence read step by step by an RNN and an LSTM, gate by gate."""
