"""An encoder from a folder: config first, weights from safetensors alone, none of its own code run."""

import dlviz.vision_operators  # noqa: F401, I001  (before transformers)

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import AutoModel, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase
from transformers.models.auto.configuration_auto import CONFIG_MAPPING
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_MASKED_LM_MAPPING_NAMES,
    MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES,
)
from transformers.utils import logging as transformers_logging

from dlviz.encoders import NoEncoder
from dlviz.encoders import eager_attention

LONGEST = 512  # tokens: attention of more is no picture
LARGEST = 10**9  # bytes of weights
VOCABULARIES = ("tokenizer.json", "vocab.*", "*.model")
# What a network may lack that is no part of its answer here.
SPARE = ("pooler.", "cls.", "lm_head.")

transformers_logging.disable_progress_bar()


@dataclass(frozen=True, eq=False)
class Encoder:
    """A pre-trained encoder in evaluation mode, one for all sessions: it is read, never changed.

    Args:
        name: by which the learner knows it.
        limit: the most tokens of an input.
        editable: true if its attention is ours, so that edits reach it.
        layers: number of layers; heads: of heads in each; hidden: length of a token's vector. Taken from a
            trial pass: some configs name heads that the model has not.
        folder: the whole path of a learner's folder; "" of models that everybody can get.
    """

    name: str
    tokenizer: PreTrainedTokenizerBase = field(repr=False)
    model: PreTrainedModel = field(repr=False)
    limit: int
    editable: bool
    layers: int
    heads: int
    hidden: int
    folder: str = ""


# Whoever asks first may be computing without gradients; the weights must serve those who want them, too.
@torch.inference_mode(False)
def load(folder: Path, name: str, limit: int = LONGEST) -> Encoder:
    """Load the encoder of a folder with config.json, a tokenizer's files and safetensors.

    Raises: NoEncoder, saying what is missing or wrong.
    """
    check_config(folder, name)
    check_size(_weights(folder, name), name)
    tokenizer = _tokenizer(folder, name)
    model, editable = _model(folder, name)
    known = [limit, LONGEST, int(tokenizer.model_max_length)]
    places = getattr(model.config, "max_position_embeddings", None)
    if places:
        # RoBERTa and its kin begin to count behind the padding, whose place is left free.
        table = getattr(getattr(model, "embeddings", None), "position_embeddings", None)
        padding = getattr(table, "padding_idx", None)
        known.append(places if padding is None else places - padding - 1)
    model.eval().requires_grad_(False)
    return Encoder(name, tokenizer, model, min(known), editable, *_try(model, tokenizer, min(known), name))


def check_config(folder: Path, name: str) -> dict[str, Any]:
    """Read config.json, if it is that of an encoder.

    Raises: NoEncoder if it is missing, damaged, of no encoder, or asks for code of its own.
    """
    file = folder / "config.json"
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise NoEncoder(f"{name} has no config.json: it is no model's folder.") from error
    except ValueError as error:
        raise NoEncoder(f"The config.json of {name} is damaged.") from error
    kind = config.get("model_type") if isinstance(config, dict) else None
    if not isinstance(kind, str) or kind not in CONFIG_MAPPING:
        raise NoEncoder(f"{name} is of no kind that transformers knows without running its own code.")
    if config.get("is_encoder_decoder") or kind in MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES:
        raise NoEncoder(f"{name} is of the kind {kind}, an encoder with a decoder: encoders alone are shown.")
    if config.get("is_decoder"):
        raise NoEncoder(f"{name} is no encoder: its config.json makes a decoder of it.")
    if kind not in MODEL_FOR_MASKED_LM_MAPPING_NAMES:
        raise NoEncoder(
            f"{name} is of the kind {kind}, which is not trained to fill in masked words of a text: only "
            "encoders like BERT are shown."
        )
    return config


def check_size(files: Sequence[tuple[str, int]], name: str) -> None:
    """Check that the weights, files with their sizes in bytes, are not too large.

    Raises: NoEncoder if there are none, or too much.
    """
    if not files:
        raise NoEncoder(f"{name} has no safetensors file, and other weights are not opened.")
    size = sum(count for _, count in files)
    if size > LARGEST:
        raise NoEncoder(f"{name} has {size / 1e9:.1f} GB of weights; at most 1 GB is loaded.")


def _weights(folder: Path, name: str) -> list[tuple[str, int]]:
    try:
        return [(file.name, file.stat().st_size) for file in folder.glob("*.safetensors")]
    except OSError as error:
        raise NoEncoder(f"The folder of {name} cannot be read.") from error


def _tokenizer(folder: Path, name: str) -> PreTrainedTokenizerBase:
    # Without them transformers makes up a vocabulary of nothing.
    if not any(file for pattern in VOCABULARIES for file in folder.glob(pattern)):
        raise NoEncoder(f"{name} has no tokenizer's files.")
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except Exception as error:  # each kind of tokenizer fails in its own way
        raise NoEncoder(f"{name} has no tokenizer that can be read.") from error
    if tokenizer.mask_token_id is None:
        raise NoEncoder(f"The tokenizer of {name} has no mask token, which an encoder like BERT has.")
    return tokenizer


def _model(folder: Path, name: str) -> tuple[PreTrainedModel, bool]:
    """Load the model, and say if it lets attention be ours; else it keeps its own, written out as well."""
    try:
        model, report = AutoModel.from_pretrained(
            folder,
            attn_implementation="eager",
            use_safetensors=True,
            local_files_only=True,
            trust_remote_code=False,
            output_loading_info=True,
        )
    except (SafetensorError, OSError) as error:
        raise NoEncoder(f"The weights of {name} are damaged: they cannot be read as safetensors.") from error
    except (ValueError, RuntimeError, TypeError, KeyError, AttributeError) as error:
        raise NoEncoder(f"The weights of {name} do not fit its config.json.") from error
    missing = [key for key in report["missing_keys"] if not key.startswith(SPARE)]
    if missing or report["mismatched_keys"]:
        raise NoEncoder(f"The weights of {name} lack {len(missing) or 'some'} parts; nothing is made up.")
    # Some models keep an attention of their own: transformers then leaves it as it was.
    model.set_attn_implementation(eager_attention.NAME)
    return model, model.config._attn_implementation == eager_attention.NAME


@torch.inference_mode()
def _try(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, limit: int, name: str
) -> tuple[int, int, int]:
    """Run a short text and the longest one: the numbers of layers, of heads and of a token's vector.

    Raises: NoEncoder if there is no weight from every token to every token, or no vector of each.
    """
    unfit = (
        f"{name} cannot be shown: not every layer gives each token a weight for every token, and a vector."
    )
    found = set()
    for seq in (min(8, limit), limit):
        ids = torch.full((1, seq), int(tokenizer.mask_token_id or 0))  # pyright: ignore[reportArgumentType]
        given = {"attention_mask": torch.ones_like(ids)}
        try:
            said: Any = model(input_ids=ids, **given, output_attentions=True, output_hidden_states=True)
            patterns, vectors = said.attentions, said.hidden_states
            _, heads, _, _ = patterns[0].shape
            hidden = said.last_hidden_state.shape[-1]
            fit = (
                len(vectors) == len(patterns) + 1
                and all(pattern.shape == (1, heads, seq, seq) for pattern in patterns)
                and all(vector.shape == (1, seq, hidden) for vector in vectors)
                and all(torch.allclose(pattern.sum(-1), torch.ones(()), atol=1e-3) for pattern in patterns)
            )
        except Exception as error:  # each kind of model fails in its own way
            raise NoEncoder(unfit) from error
        if not fit:
            raise NoEncoder(unfit)
        found.add((len(patterns), heads, hidden))
    if len(found) != 1:
        raise NoEncoder(unfit)
    return found.pop()
