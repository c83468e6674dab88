"""The lesson's networks: its names, arguments and `state_dict` keys, with every inner tensor recorded.

EfficientNet-Lite0 is none of the lesson's: it stands for the large networks that others have trained.
"""

from dlviz.models.attention import SelfAttention, TransformerBlock
from dlviz.models.characters import CharacterLSTM
from dlviz.models.cnn import SimpleCNN
from dlviz.models.convolutional import ColourCNN, ColourCNNBatchNorm, SimpleCNNBatchNorm, SimpleCNNDropout
from dlviz.models.efficientnet_lite import EfficientNetLite0
from dlviz.models.mlp import MLP
from dlviz.models.recurrent import GRUModel, LSTMModel, SimpleRNN, TextClassifier
from dlviz.models.transformers import CharTransformer, DigitTransformer, TransformerStack

__all__ = [
    "MLP",
    "CharTransformer",
    "CharacterLSTM",
    "ColourCNN",
    "ColourCNNBatchNorm",
    "DigitTransformer",
    "EfficientNetLite0",
    "GRUModel",
    "LSTMModel",
    "SelfAttention",
    "SimpleCNN",
    "SimpleCNNBatchNorm",
    "SimpleCNNDropout",
    "SimpleRNN",
    "TextClassifier",
    "TransformerBlock",
    "TransformerStack",
]
