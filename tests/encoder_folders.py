"""Small encoders of random weights, as folders of the kind that the hub has."""

import json
from pathlib import Path
from typing import Any

import dlviz.vision_operators  # noqa: F401  (before transformers)

import torch
from transformers import BertConfig, BertModel, BertTokenizer, DistilBertConfig, DistilBertModel

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "sat", "on", "mat", "##s", ".", "a"]
SIZES: dict[str, Any] = {"vocab_size": len(WORDS), "max_position_embeddings": 24}


def bert(folder: Path, **sizes: int) -> Path:
    """A BertModel of 2 layers of 2 heads and its tokenizer, in the folder."""
    torch.manual_seed(0)
    shape: dict[str, Any] = {
        "hidden_size": 8,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 16,
    }
    BertModel(BertConfig.from_dict(SIZES | shape | sizes)).save_pretrained(folder)
    return tokenizer(folder)


def distilbert(folder: Path) -> Path:
    """A DistilBertModel of 2 layers of 2 heads and its tokenizer, in the folder."""
    torch.manual_seed(0)
    shape: dict[str, Any] = {"dim": 8, "n_layers": 2, "n_heads": 2, "hidden_dim": 16}
    DistilBertModel(DistilBertConfig.from_dict(SIZES | shape)).save_pretrained(folder)
    return tokenizer(folder)


def tokenizer(folder: Path) -> Path:
    """The tokenizer's files, in the folder."""
    file = folder / "vocab.txt"
    file.write_text("\n".join(WORDS))
    BertTokenizer(str(file), model_max_length=1000).save_pretrained(folder)
    return folder


def config(folder: Path, **changes: object) -> Path:
    """The folder, its config.json changed."""
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))
    return folder
