"""The lesson's networks: its names, arguments and `state_dict` keys, with every inner tensor recorded."""

from dlviz.models.cnn import SimpleCNN

__all__ = ["SimpleCNN"]
