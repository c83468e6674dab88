"""Train a linear head on the packaged BERT to tell positive from negative, measure it, and write it.

python -m dlviz.training.bert_sentiment
"""

import logging
import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import torch
from sklearn.linear_model import LogisticRegression
from torch import Tensor

from dlviz.data import sentiment
from dlviz.data.sentiment.corpus import Labelled
from dlviz.encoders import packaged
from dlviz.encoders.sentiment import FILE
from dlviz.paths import WEIGHTS
from dlviz.training import fitting
from dlviz.training.sentiment import COUNT

LEARNED, TESTED, BATCH, STRENGTH, SEED = 20_000, 2_000, 64, 0.1, 0


@torch.inference_mode()
def pool(labelled: Sequence[Labelled]) -> tuple[Tensor, Tensor]:
    """Run BERT's pooler over sentences: features (count, 384) float32, and labels (count,) int64.

    Sentences of equal length share a batch, so that none is padded.
    """
    encoder = packaged.encoder()
    groups: dict[int, list[int]] = defaultdict(list)
    read = [encoder.tokenizer(text, truncation=True, max_length=encoder.limit) for text, _ in labelled]
    for at, one in enumerate(read):
        groups[len(one["input_ids"])].append(at)
    features = torch.zeros(len(labelled), encoder.hidden)
    for group in groups.values():
        for batch in torch.tensor(group).split(BATCH):
            ids = torch.tensor([read[at]["input_ids"] for at in batch.tolist()])
            features[batch] = encoder.model(input_ids=ids).pooler_output
    return features, torch.tensor([label for _, label in labelled])


def fit_head(features: Tensor, labels: Tensor) -> torch.nn.Linear:
    """Fit logistic regression to features (count, size) and labels (count,): a layer of opposite logits."""
    found = LogisticRegression(C=STRENGTH, max_iter=2000).fit(features.numpy(), labels.numpy())
    layer = torch.nn.Linear(features.shape[1], 2)
    weight, bias = (torch.from_numpy(part).float() / 2 for part in (found.coef_[0], found.intercept_))
    layer.load_state_dict({"weight": torch.stack([-weight, weight]), "bias": torch.cat([-bias, bias])})
    return layer.eval()


def main(folder: Path = WEIGHTS, learned: int = LEARNED, tested: int = TESTED) -> None:
    """Train, measure on generated and on hand-written sentences, and write the head."""
    draw = random.Random(SEED)
    split = sentiment.split(COUNT, SEED)
    layer = fit_head(*pool(draw.sample(list(split.training), learned)))
    tests = draw.sample(list(split.test), tested), sentiment.hand_written()
    generated, by_hand = (
        fitting.percent(fitting.count_right(layer, [pool(test)]), len(test)) for test in tests
    )
    facts = {
        "data": f"{learned:,} of the generated sentences of the other sentiment networks; measured on "
        f"{tested:,} that pair nouns with expressions anew, and on the hand-written ones",
        "recipe": f"logistic regression (scikit-learn, C={STRENGTH}) on what the pooler of {packaged.NAME} "
        "makes of a sentence; the encoder stays as it is",
        "seed": str(SEED),
        "command": "python -m dlviz.training.bert_sentiment",
        "result": f"{generated} of the generated test sentences right, {by_hand} of the hand-written ones",
    }
    sizes: dict[str, object] = {"in_features": layer.in_features, "out_features": layer.out_features}
    fitting.publish(FILE, layer, sizes, facts, folder)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main()
