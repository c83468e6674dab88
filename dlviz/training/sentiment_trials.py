"""Try what the recipes for positive and negative sentences could do otherwise, and write a table of it.

python -m dlviz.training.sentiment_trials
"""

import argparse
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import torch
from torch import nn

from dlviz import weights
from dlviz.data import reviews, trials
from dlviz.data.sentiment import Vocabulary
from dlviz.data.trials import Trial
from dlviz.encoders import packaged
from dlviz.encoders import sentiment as tuned
from dlviz.finetuning.frozen import Reader
from dlviz.finetuning.pooling import POOLINGS
from dlviz.paths import WEIGHTS
from dlviz.training import bert_sentiment, fitting, judging, real_sentiment
from dlviz.training.judging import Ask
from dlviz.transfer.heads import Head, solve_head

UNKNOWN, ZERO = "10 % of the words made unknown", "40 % of the numbers of words’ vectors set to 0"
# Title -> recipe, and the seeds that it was tried with: several where luck might decide.
WORDS = {
    UNKNOWN: (real_sentiment.Recipe(forgotten=0.1), (0, 1, 2)),
    ZERO: (real_sentiment.Recipe(dropped=0.4), (0, 1, 2)),
    f"{UNKNOWN}, {ZERO}": (real_sentiment.Recipe(forgotten=0.1, dropped=0.4), (0, 1, 2)),
    "without the grammar’s sentences": (real_sentiment.Recipe(generated=0), (0,)),
    "word vectors drawn at random": (real_sentiment.Recipe(projected=False), (0,)),
}
# When four layers left 9.3 % of the validation sentences wrong, two at 1.5 times the rate left 10.7 %.
LAYERS = {
    "last 2 layers, at 0.00015": bert_sentiment.Recipe(fixed=4, rate=1.5e-4),
    "without the grammar’s sentences": bert_sentiment.Recipe(generated=0),
}
POOLED = {
    "cls": "[CLS]",
    "pooler": "pooler",
    "mean": "mean of the tokens, last layer",
    "mean-three": "mean of the tokens, mean of the last three layers",
}
DECAYS = (0.1, 0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001)
FINE_TUNED, FROZEN, SHIPPED = "BERT, fine-tuned", "BERT, frozen", "as it ships"

log = logging.getLogger(__name__)


def try_words() -> Iterator[Trial]:
    """Measure the three networks that ship, and train TextClassifier by all recipes, with several seeds.

    It alone learns word vectors; the other two read those of the one that ships.
    """
    vocabulary = Vocabulary.from_json((WEIGHTS / real_sentiment.VOCABULARY).read_text(encoding="utf-8"))
    classifier = weights.load(real_sentiment.CLASSIFIER)
    embedding = cast(nn.Embedding, classifier.get_submodule("embedding"))

    def ask(model: nn.Module) -> Ask:
        return lambda texts: real_sentiment.logits(model, texts, vocabulary)

    yield measure("TextClassifier", SHIPPED, real_sentiment.SEED, ask(classifier), real_sentiment.CLASSIFIER)
    rated = reviews.targets("training")
    for title, (recipe, seeds) in {SHIPPED: (real_sentiment.Recipe(), (1, 2)), **WORDS}.items():
        for seed in seeds:
            trained = next(real_sentiment.train(recipe, rated, vocabulary, seed=seed))
            yield measure("TextClassifier", title, seed, ask(trained.asked))
    for file, (class_name, _) in real_sentiment.READERS.items():
        reader = real_sentiment.Reader(weights.load(file), embedding)
        yield measure(class_name, SHIPPED, real_sentiment.SEED, ask(reader), file)


def try_layers() -> Iterator[Trial]:
    """Measure the fine-tuned BERT that ships, and train it by the other recipes."""

    def ask(model: tuned.MeanPooled) -> Ask:
        return lambda texts: bert_sentiment.logits(model, packaged.encoder(), texts)

    yield measure(FINE_TUNED, SHIPPED, bert_sentiment.SEED, ask(tuned.classifier()), tuned.FILE)
    for title, recipe in LAYERS.items():
        generated = reviews.generated_targets()[: recipe.generated]
        model = bert_sentiment.fine_tune(recipe, [*reviews.targets("training"), *generated])
        yield measure(FINE_TUNED, title, bert_sentiment.SEED, ask(model))


def try_frozen() -> Iterator[Trial]:
    """Solve a head over each pooling of the frozen BERT, with the decay that is best in validation."""
    reader = Reader(packaged.encoder(), kept=20_000)
    texts, labels = zip(*reviews.labelled("training"), strict=True)
    features = reader.read(texts).features
    for name in POOLINGS:
        found = list[tuple[Trial, Ask]]()
        for decay in DECAYS:
            ask = ask_frozen(reader, name, solve_head(features[name], np.array(labels), 2, decay))
            recipe = f"{POOLED[name]}; logistic regression, weight decay {decay:g}"
            found.append((measure(FROZEN, recipe, None, ask), ask))
        best, ask = max(found, key=lambda each: each[0].right["validation"])
        _, measured = judging.judge(ask)
        right, of = {**best.right, **measured["right"]}, {**best.of, **measured["of"]}
        yield replace(best, name=name, right=right, of=of)


def ask_frozen(reader: Reader, name: str, head: Head) -> Ask:
    """Make a function that gives the logits of texts, by a head over a pooling of that name."""
    return lambda texts: torch.from_numpy(head.logits(reader.read(texts).features[name]))


def measure(network: str, recipe: str, seed: int | None, ask: Ask, file: str = "") -> Trial:
    """Measure a network on the sentences by which recipes are chosen.

    Args:
        file: name of the weights file if it ships, which carries its results on the tests.
    """
    sets = {"validation": reviews.labelled("validation"), "everyday": reviews.everyday()}
    right, of = dict[str, float](), dict[str, float]()
    for name, labelled in sets.items():
        texts, labels = zip(*labelled, strict=True)
        right[name] = int((ask(texts).argmax(1) == torch.tensor(labels)).sum())
        of[name] = len(labelled)
    if file:
        measured = weights.read(WEIGHTS / f"{file}.safetensors").measured
        right, of = {**measured["right"], **right}, {**measured["of"], **of}
    log.info("%s, %s: %s of %s", network, recipe, right, of)
    return Trial(file, network, recipe, seed, right, of, bool(file))


PARTS: dict[str, Callable[[], Iterator[Trial]]] = {
    "words": try_words,
    "frozen": try_frozen,
    "layers": try_layers,
}


def main(parts: Sequence[str] = tuple(PARTS)) -> None:
    """Try some parts, keep the trials of the others, and write the table and MODELS.md.

    Args:
        parts: keys of `PARTS`.
    """
    torch.set_num_threads(fitting.THREADS)
    for part in parts:
        found = list(PARTS[part]())
        networks = {trial.network for trial in found}
        kept = [trial for trial in trials.read() if trial.network not in networks]
        trials.write([*kept, *found])
        (WEIGHTS / "MODELS.md").write_text(weights.catalogue(), encoding="utf-8")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=PARTS, default=[*PARTS])
    main(parser.parse_args().parts)
