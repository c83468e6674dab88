from dataclasses import replace

from dlviz.training.config import TrainingConfig
from dlviz.ui.labs.training.captions import whose_settings
from dlviz.ui.runs.vocabulary import class_names

USUAL = TrainingConfig()


def test_beside_an_open_run_it_is_said_in_what_the_controls_differ_from_it() -> None:
    assert whose_settings(USUAL, None) == "Settings of the next run."
    assert whose_settings(None, USUAL) == "Settings of the next run."
    assert whose_settings(USUAL, USUAL) == "Settings of this run, and of the next."
    other = replace(USUAL, learning_rate=0.1, epochs=7)
    assert whose_settings(other, USUAL) == (
        "Settings of the next run. Other than in this one: Epochs, Learning rate."
    )
    many = replace(other, seed=4, batch_size=16)
    assert whose_settings(many, USUAL).endswith(": Batch size, Epochs, Learning rate and 1 more.")


def test_sentences_of_the_grammar_are_positive_or_negative_and_own_classes_keep_their_names() -> None:
    as_kept = ["blame", "praise"]
    assert class_names("sentiment", as_kept) == ["negative", "positive"]
    assert class_names("table", as_kept) == as_kept
