"""Results of the networks that tell positive from negative: the names of their files, and their figures."""

import pytest

from dlviz import weights
from dlviz.paths import WEIGHTS
from dlviz.training import real_sentiment
from dlviz.ui import sentiment_results
from dlviz.ui.inputs import sentence
from dlviz.ui.text_format.numbers import percent


def test_the_files_are_those_that_the_training_writes() -> None:
    assert sentiment_results.CLASSIFIER == real_sentiment.CLASSIFIER
    assert sentence.VOCABULARY == real_sentiment.VOCABULARY


@pytest.mark.parametrize("network", ["classifier", "rnn", "lstm"])
def test_the_results_are_those_of_the_weights_file(network: str) -> None:
    name = f"real_sentiment_{network}"
    measured = weights.read(WEIGHTS / f"{name}.safetensors").measured
    right, of = measured["right"], measured["of"]
    told = sentiment_results.results(name)
    for kind, noun in sentiment_results.REAL.items():
        assert f"{percent(right[kind] / of[kind])} of {noun}" in told
    assert f"{percent(right['hand-written'] / 240)} of 240 sentences written by hand" in told
    assert f"both sentences of {right['pairs']} of {of['pairs']} pairs" in told
