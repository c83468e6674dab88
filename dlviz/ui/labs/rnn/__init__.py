"""The lab that steps through an RNN and an LSTM."""
