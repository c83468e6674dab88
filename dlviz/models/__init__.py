"""The lesson's networks: its names, arguments and `state_dict` keys, with every inner tensor recorded."""

from dlviz.models.characters import CharacterLSTM
from dlviz.models.cnn import SimpleCNN
from dlviz.models.recurrent import GRUModel, LSTMModel, SimpleRNN, TextClassifier

__all__ = ["CharacterLSTM", "GRUModel", "LSTMModel", "SimpleCNN", "SimpleRNN", "TextClassifier"]
