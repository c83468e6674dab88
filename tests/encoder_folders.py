"""Small encoders of random weights, as folders of the kind that the hub has."""

import json
from pathlib import Path
from typing import Any

import dlviz.vision_operators  # noqa: F401  (before transformers)

import torch
from tokenizers import ByteLevelBPETokenizer
from transformers import (
    AutoModel,
    BertConfig,
    BertModel,
    BertTokenizer,
    DistilBertConfig,
    DistilBertModel,
    RobertaConfig,
    RobertaModel,
    RobertaTokenizer,
)
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

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


# Sizes of small models of kinds that compute attention in different ways.
SMALL: dict[str, Any] = SIZES | {
    "hidden_size": 8,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 16,
}
KINDS: dict[str, dict[str, Any]] = {
    "albert": SMALL | {"embedding_size": 8},
    "modernbert": SMALL
    | {"pad_token_id": 0, "bos_token_id": 2, "cls_token_id": 2, "eos_token_id": 3, "sep_token_id": 3},
    "convbert": SMALL | {"embedding_size": 8, "num_attention_heads": 4, "head_ratio": 2},
    "deberta-v2": SMALL,
    "longformer": SMALL | {"attention_window": [4, 4]},
    "fnet": SMALL,
    "camembert": SMALL,
    "mpnet": SMALL,
    "funnel": {
        "vocab_size": len(WORDS),
        "block_sizes": [1, 1],
        "d_model": 8,
        "n_head": 2,
        "d_head": 4,
        "d_inner": 16,
        "architectures": ["FunnelModel"],
    },
    "big_bird": SMALL | {"max_position_embeddings": 512, "block_size": 4, "num_random_blocks": 1},
}


def of_kind(folder: Path, kind: str) -> Path:
    """A model of one of `KINDS`, and the tokenizer of `bert`, in the folder."""
    torch.manual_seed(0)
    made = CONFIG_MAPPING[kind](**KINDS[kind])
    AutoModel.from_config(made, attn_implementation="eager").save_pretrained(folder)
    return tokenizer(folder)


def roberta(folder: Path, text: str) -> Path:
    """A RobertaModel of 2 layers of 2 heads, and a tokenizer of bytes that has learned a text's words."""
    trained = ByteLevelBPETokenizer()
    specials = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    trained.train_from_iterator([text] * 3, vocab_size=400, min_frequency=2, special_tokens=specials)
    folder.mkdir(exist_ok=True)
    trained.save_model(str(folder))
    made = RobertaTokenizer(
        vocab=str(folder / "vocab.json"), merges=str(folder / "merges.txt"), model_max_length=100
    )
    made.save_pretrained(folder)
    torch.manual_seed(0)
    sizes: dict[str, Any] = {
        "vocab_size": len(made),
        "hidden_size": 8,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 16,
        "max_position_embeddings": 40,
        "pad_token_id": 1,
        "type_vocab_size": 1,
    }
    RobertaModel(RobertaConfig.from_dict(sizes)).save_pretrained(folder)
    return folder
