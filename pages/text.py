"""The lab of text classification: a sentence through a bidirectional LSTM, and what each word did."""

from dlviz.ui.labs.text import lab

lab.lab()
