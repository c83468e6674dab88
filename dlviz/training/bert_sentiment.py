"""Train the last layers of the packaged BERT to tell positive from negative, and write what changed.

python -m dlviz.training.bert_sentiment
"""

import dlviz.vision_operators  # noqa: F401, I001  (before transformers)

import json
import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import BertModel

from dlviz import weights
from dlviz.data import reviews
from dlviz.encoders import fine_tuned, packaged
from dlviz.encoders.fine_tuned import MeanPooled, pool_mean
from dlviz.encoders.loading import Encoder
from dlviz.encoders.sentiment import CLASSES, FILE
from dlviz.paths import WEIGHTS
from dlviz.training import fitting, judging
from dlviz.training.calibration import fit_temperature
from dlviz.ui.text_format.numbers import counted

EPOCHS, BATCH, SEED = 2, 32, 0
HEAD_RATE, DECAY, DROPOUT = 1e-3, 0.01, 0.1
WARM_UP = 60  # steps
LONGEST = 128  # tokens

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Recipe:
    """Parts of the recipe that `dlviz.training.sentiment_trials` changes, to see what they are worth.

    Args:
        fixed: first layers that stay as they are.
        rate: highest learning rate of the others.
        generated: sentences that a grammar made to learn from, too.
    """

    fixed: int = 2
    rate: float = 1e-4
    generated: int = 1_000


def batches(lengths: Sequence[int], size: int) -> Iterator[list[int]]:
    """Split examples into batches of one length each, in a random order.

    Args:
        lengths: of each example.
    """
    groups: dict[int, list[int]] = defaultdict(list)
    for at in torch.randperm(len(lengths)).tolist():
        groups[lengths[at]].append(at)
    drawn = [rows[at : at + size] for rows in groups.values() for at in range(0, len(rows), size)]
    return (drawn[at] for at in torch.randperm(len(drawn)).tolist())


@torch.no_grad()
def enter(encoder: Encoder, texts: Sequence[str], fixed: int) -> list[Tensor]:
    """Vectors (token, hidden) of each text below the first layer that learns, in half precision."""
    ids = [encoder.tokenizer(text, truncation=True, max_length=LONGEST)["input_ids"] for text in texts]
    found: list[Tensor] = [torch.empty(0)] * len(texts)
    model = cast(BertModel, encoder.model)
    for rows in batches([len(each) for each in ids], BATCH):  # pyright: ignore[reportArgumentType]
        vectors = model.embeddings(input_ids=torch.tensor([ids[row] for row in rows]))
        for layer in model.encoder.layer[:fixed]:
            vectors = layer(vectors)
        for row, each in zip(rows, vectors, strict=True):
            found[row] = each.half()
    return found


def read_on(model: BertModel, head: nn.Module, vectors: Tensor, fixed: int) -> Tensor:
    """Logits (batch, classes) of what enters the first layer that learns: (batch, token, hidden).

    Source: half of the bits that the multiplications need are left out, as Kalamkar et al. 2019, "A Study of
        BFLOAT16 for Deep Learning Training", found to be enough.
    """
    with torch.autocast("cpu", dtype=torch.bfloat16):
        for layer in model.encoder.layer[fixed:]:
            vectors = layer(vectors)
        return head(pool_mean(vectors.float())).float()


def train(
    model: BertModel,
    head: nn.Linear,
    entering: Sequence[Tensor],
    targets: Tensor,
    recipe: Recipe,
    epochs: int = EPOCHS,
) -> None:
    """Train the layers that are not fixed, and the head.

    Args:
        entering: of each example (token, hidden).
        targets: (count, classes), probabilities of each example's classes.
    """
    learning = list(model.encoder.layer[recipe.fixed :].parameters())
    for each in learning:
        each.requires_grad_(True)
    reading = nn.Sequential(nn.Dropout(DROPOUT), head)
    groups = [{"params": learning, "lr": recipe.rate}, {"params": head.parameters(), "lr": HEAD_RATE}]
    optimizer = torch.optim.AdamW(groups, weight_decay=DECAY)
    lengths = [len(each) for each in entering]
    steps = epochs * sum(1 for _ in batches(lengths, BATCH))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / WARM_UP, 1.0) * max(1 - step / steps, 0.0)
    )
    model.train()
    for epoch in range(epochs):
        total = 0.0
        for rows in batches(lengths, BATCH):
            x = torch.stack([entering[row] for row in rows]).float()  # (batch, token, hidden)
            error = F.cross_entropy(read_on(model, reading, x, recipe.fixed), targets[rows])
            optimizer.zero_grad()
            error.backward()
            nn.utils.clip_grad_norm_(learning, 1.0)
            optimizer.step()
            schedule.step()
            total += error.item() * len(rows)
        log.info("epoch %d of %d, mean loss %.4f", epoch + 1, epochs, total / len(lengths))
    model.eval().requires_grad_(False)


@torch.inference_mode()
def logits(model: MeanPooled, encoder: Encoder, texts: Sequence[str]) -> Tensor:
    """Logits (count, classes) of texts, those of one length together so that none is padded."""
    ids = [encoder.tokenizer(text, truncation=True, max_length=LONGEST)["input_ids"] for text in texts]
    found = torch.zeros(len(texts), len(CLASSES))
    for rows in batches([len(each) for each in ids], BATCH):  # pyright: ignore[reportArgumentType]
        found[rows] = model(input_ids=torch.tensor([ids[row] for row in rows])).logits
    return found


def fine_tune(recipe: Recipe, given: Sequence[tuple[str, float]], epochs: int = EPOCHS) -> MeanPooled:
    """Train the packaged BERT's last layers and a head.

    Args:
        given: texts, each with the probability that it is positive.
    """
    torch.manual_seed(SEED)
    encoder = packaged.encoder()
    positive = torch.tensor([share for _, share in given])
    model = fine_tuned.copy_last_layers(encoder, recipe.fixed)
    model.set_attn_implementation("sdpa")  # faster; nobody looks at its weights here
    head = nn.Linear(encoder.hidden, len(CLASSES))
    entering = enter(encoder, [text for text, _ in given], recipe.fixed)
    log.info("%d sentences to learn from", len(given))
    train(model, head, entering, torch.stack([1 - positive, positive], dim=1), recipe, epochs)
    return fine_tuned.assemble(model, head, CLASSES)


def main(folder: Path = WEIGHTS, learned: int | None = None, epochs: int = EPOCHS) -> None:
    """Train, fit the temperature, measure, and write what changed in the encoder.

    Args:
        learned: real sentences to learn from at the most; None for all.
    """
    torch.set_num_threads(fitting.THREADS)
    encoder, recipe = packaged.encoder(), Recipe()
    rated = reviews.targets("training")[:learned]
    generated = reviews.generated_targets()[: recipe.generated][:learned]
    whole = fine_tune(recipe, [*rated, *generated], epochs)
    held = reviews.labelled("validation")
    temperature = fit_temperature(
        logits(whole, encoder, [text for text, _ in held]), torch.tensor([label for _, label in held])
    )
    for each in whole.classifier.parameters():
        each.div_(temperature)
    facts = {
        "data": judging.describe_data(len(rated), len(generated)),
        "recipe": f"{packaged.NAME}, its last {encoder.layers - recipe.fixed} layers and a linear layer over "
        f"the mean of its tokens trained, all else as it was; {epochs} epochs, batches of {BATCH} sentences "
        "of equal length, shuffled, cross-entropy of the probability that a sentence's ratings speak for, "
        f"AdamW at {recipe.rate} (the head at {HEAD_RATE}) after a rise over {WARM_UP} steps, falling to 0 "
        f"along a line, weight decay {DECAY}, gradients clipped to norm 1, multiplications in bfloat16",
        "temperature": f"{temperature:.3f}, fitted on the validation sentences; the head is divided by it",
        "seed": f"{SEED}, on {counted(fitting.THREADS, 'thread')}",
        "command": "python -m dlviz.training.bert_sentiment",
    }
    file = folder / f"{FILE}.safetensors"
    fine_tuned.save(whole, encoder, recipe.fixed, facts, file)
    as_written = fine_tuned.load(encoder, file)
    result, measured = judging.judge(lambda texts: logits(as_written, encoder, texts))
    facts |= {"result": result, "measured": json.dumps(measured)}
    fine_tuned.save(whole, encoder, recipe.fixed, facts, file)
    (folder / "MODELS.md").write_text(weights.catalogue(folder), encoding="utf-8")
    log.info("%s: %s", FILE, result)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main()
