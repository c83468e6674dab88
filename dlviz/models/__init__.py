"""The lesson's networks: its names, arguments and `state_dict` keys, with every inner tensor recorded."""

from dlviz.models.cnn import SimpleCNN
from dlviz.models.recurrent import LSTMModel, SimpleRNN, TextClassifier

__all__ = ["LSTMModel", "SimpleCNN", "SimpleRNN", "TextClassifier"]
