"""A whole fine-tuned network as a folder that transformers loads, in a zip file."""

import dlviz.vision_operators  # noqa: F401, I001  (before transformers)

import copy
import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import torch
from torch import nn
from transformers import AutoModelForTokenClassification

from dlviz.encoders.loading import Encoder
from dlviz.finetuning.texts import LONGEST

FOLDER, SCRIPT, README = "fine_tuned", "answer.py", "README.md"
HOW = f"""A fine-tuned encoder with its head, as transformers loads it:

    model = AutoModelForTokenClassification.from_pretrained("{FOLDER}")

The head reads the mean of all tokens' vectors. A head is linear, so the logits of a text are the mean of its
tokens' logits: `model(**tokens).logits.mean(1)`, one text at a time.

    python {SCRIPT} "Your sentence."
"""
ANSWER = f'''"""Answers of a fine-tuned encoder, by torch and transformers.

python {SCRIPT} "Your sentence."
"""

import sys
from pathlib import Path

sys.modules["torchvision"] = None  # it is not needed, and one that does not fit torch stops transformers
sys.stdout.reconfigure(encoding="utf-8")

import torch
from transformers import AutoModelForTokenClassification, AutoTokenizer

folder = Path(__file__).parent
model = AutoModelForTokenClassification.from_pretrained(folder).eval()
tokenizer = AutoTokenizer.from_pretrained(folder)
for text in sys.argv[1:]:
    tokens = tokenizer(text, return_tensors="pt", truncation=True, max_length={{limit}})
    with torch.no_grad():
        logits = model(**tokens).logits.mean(1)  # the head is linear: this is what it says of the mean vector
    share, answer = logits.softmax(1)[0].max(0)
    print(f"{{{{model.config.id2label[int(answer)]}}}} ({{{{100 * share:.1f}}}} %): {{{{text}}}}")
'''


def pack_for_transformers(encoder: Encoder, head: nn.Linear, classes: tuple[str, ...]) -> bytes:
    """Pack an encoder, a head over the mean of its tokens' vectors, and its tokenizer into a zip file.

    There is no class in transformers that gives the mean to a head. One that gives each token's vector to it
    comes to the same: the mean of the tokens' logits is the logits of their mean.

    Args:
        encoder: without matrices of LoRA beside its weights.
        classes: names of the answers, in order.
    """
    config = copy.deepcopy(encoder.model.config)
    config.id2label, config.label2id = dict(enumerate(classes)), {name: at for at, name in enumerate(classes)}
    config._attn_implementation = "eager"  # our own is known here alone
    with torch.device("meta"):
        model: Any = AutoModelForTokenClassification.from_config(config)
    base = encoder.model.base_model_prefix
    known = model.state_dict()
    weights = {f"{base}.{name}": each for name, each in encoder.model.state_dict().items()}
    weights |= {f"classifier.{name}": each.detach() for name, each in head.state_dict().items()}
    model.load_state_dict({name: each for name, each in weights.items() if name in known}, assign=True)
    packed = io.BytesIO()
    with tempfile.TemporaryDirectory() as made, zipfile.ZipFile(packed, "w") as archive:
        folder = Path(made)
        model.save_pretrained(folder)
        encoder.tokenizer.save_pretrained(folder)
        (folder / README).write_text(HOW, encoding="utf-8")
        (folder / SCRIPT).write_text(ANSWER.format(limit=min(LONGEST, encoder.limit)), encoding="utf-8")
        for file in sorted(folder.iterdir()):
            archive.write(file, f"{FOLDER}/{file.name}")
    return packed.getvalue()
