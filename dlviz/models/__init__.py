"""The lesson's networks: its names, arguments and `state_dict` keys, with every inner tensor recorded."""

from dlviz.models.attention import SelfAttention, TransformerBlock
from dlviz.models.characters import CharacterLSTM
from dlviz.models.cnn import SimpleCNN
from dlviz.models.recurrent import GRUModel, LSTMModel, SimpleRNN, TextClassifier
from dlviz.models.transformers import CharTransformer, DigitTransformer, TransformerStack

__all__ = [
    "CharTransformer",
    "CharacterLSTM",
    "DigitTransformer",
    "GRUModel",
    "LSTMModel",
    "SelfAttention",
    "SimpleCNN",
    "SimpleRNN",
    "TextClassifier",
    "TransformerBlock",
    "TransformerStack",
]
