"""The packaged BERT fine-tuned: what changed in it is written, and put on it again."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from dlviz import weights
from dlviz.encoders import fine_tuned, packaged, reading
from dlviz.encoders.fine_tuned import pool_mean
from dlviz.training import bert_sentiment
from dlviz.weights import BadWeights

CLASSES = ("negative", "positive")
TEXTS = ["the film was not bad at all", "my phone broke", "a lovely day", "nobody helped us"]


@pytest.fixture(scope="module")
def trained() -> fine_tuned.MeanPooled:
    """The last layer and a head, trained for a few steps."""
    torch.manual_seed(0)
    encoder = packaged.encoder()
    model, head = fine_tuned.copy_last_layers(encoder, 5), torch.nn.Linear(encoder.hidden, 2)
    entering = bert_sentiment.enter(encoder, TEXTS, 5)
    bert_sentiment.train(
        model, head, entering, torch.eye(2)[[1, 0, 1, 0]], bert_sentiment.Recipe(fixed=5), epochs=3
    )
    return fine_tuned.assemble(model, head, CLASSES)


@pytest.fixture(scope="module")
def file(trained: fine_tuned.MeanPooled, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "some.safetensors"
    fine_tuned.save(trained, packaged.encoder(), 5, {"data": "none"}, path)
    return path


@torch.inference_mode()
def ask(model: fine_tuned.MeanPooled, text: str) -> torch.Tensor:
    encoder = packaged.encoder()
    return model(**reading.inputs(encoder, reading.tokens(encoder, text))).logits[0]


def test_what_changed_applied_to_the_encoder_equals_the_trained_model(
    trained: fine_tuned.MeanPooled, file: Path
):
    again = fine_tuned.load(packaged.encoder(), file)
    for text in TEXTS:
        torch.testing.assert_close(ask(again, text), ask(trained, text), atol=2e-4, rtol=0)
    assert again.config.id2label == dict(enumerate(CLASSES))


def test_training_leaves_the_encoder_as_it_was_and_shares_what_is_fixed(trained: fine_tuned.MeanPooled):
    encoder = packaged.encoder().model
    own = dict(trained.bert.named_parameters())
    for name, each in encoder.named_parameters():
        if name.startswith("encoder.layer.5."):
            assert own[name] is not each
            assert not each.requires_grad
        elif not name.startswith("pooler."):
            assert own[name] is each
    name = "encoder.layer.5.output.dense.weight"
    assert 0 < (own[name] - encoder.get_parameter(name)).abs().max() < 0.01


def test_file_holds_a_layer_in_half_precision_and_the_head(file: Path):
    content = weights.read(file)
    layer = [each for name, each in content.state.items() if name.startswith("encoder.layer.5.")]
    assert sum(each.numel() for each in layer) == 1_774_464
    assert {each.dtype for each in layer} == {torch.float16}
    assert len(content.state) == len(layer) + 2
    assert content.facts == {"data": "none"}


def test_another_encoder_is_refused_by_name(file: Path):
    other = replace(packaged.encoder(), name="bert-base-uncased")
    sentence = r"^some\.safetensors was made for the encoder all-MiniLM-L6-v2: .* put on bert-base-uncased\.$"
    with pytest.raises(BadWeights, match=sentence):
        fine_tuned.load(other, file)


def test_file_that_is_missing_or_another_is_refused(tmp_path: Path):
    with pytest.raises(BadWeights, match="is missing"):
        fine_tuned.load(packaged.encoder(), tmp_path / "none.safetensors")
    weights.save(torch.nn.Linear(3, 2), {}, {}, tmp_path / "linear.safetensors")
    with pytest.raises(BadWeights, match=r"^linear\.safetensors holds no fine-tuned encoder\.$"):
        fine_tuned.load(packaged.encoder(), tmp_path / "linear.safetensors")


def test_padding_does_not_count_in_the_mean():
    vectors = torch.tensor([[[1.0, 2.0], [3.0, 4.0], [100.0, 100.0]]])
    mask = torch.tensor([[1, 1, 0]])
    torch.testing.assert_close(pool_mean(vectors, mask), torch.tensor([[2.0, 3.0]]))
    torch.testing.assert_close(pool_mean(vectors[:, :2]), torch.tensor([[2.0, 3.0]]))


def test_texts_of_a_padded_batch_are_answered_as_alone(trained: fine_tuned.MeanPooled):
    given = packaged.encoder().tokenizer(TEXTS, padding=True, return_tensors="pt")
    with torch.inference_mode():
        together = trained(**given).logits
    torch.testing.assert_close(
        together, torch.stack([ask(trained, text) for text in TEXTS]), atol=1e-4, rtol=0
    )
