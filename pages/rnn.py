"""The lab of recurrent networks: a sequence read step by step by an RNN and an LSTM, gate by gate."""

from dlviz.ui.labs.rnn import lab

lab.lab()
