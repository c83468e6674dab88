"""Files with the examples of a task, as a learner's own program reads them."""

import csv
import io
from collections.abc import Mapping

import torch

from dlviz.data import novels
from dlviz.training.tasks import Examples, Task
from dlviz.training.tasks.examples import Pictures, Sentences, Windows

WORDS = "vocabulary.txt"


def data_files(task: Task) -> dict[str, bytes]:
    """Write what a task learns from (`learned`), is measured on (`unseen`) and tested on at last (`test`).

    Returns: name -> content. Of pictures a `data.pt` for `torch.load`: part -> `pictures` (n, …) uint8 and
        `classes` (n,) int64. Of sentences a `sentences.csv` with the words that the network reads, and its
        vocabulary, a word a line. Of text a file for each part.
    """
    parts: dict[str, Examples] = {"learned": task.training, "unseen": task.measured}
    if task.tested is not None:
        parts["test"] = task.tested
    if isinstance(task.training, Pictures):
        return {"data.pt": _pictures(parts)}
    if isinstance(task.training, Sentences):
        words = [str(word) for word in _names(task, "vocabulary")]
        return {
            "sentences.csv": _sentences(parts, _names(task, "classes"), words),
            WORDS: "\n".join(words).encode(),
        }
    return {
        f"{part}.txt": novels.decode(examples.text).encode()
        for part, examples in parts.items()
        if isinstance(examples, Windows)
    }


def _names(task: Task, fact: str) -> list[str]:
    names = task.facts[fact]
    assert isinstance(names, list)
    return names


def _pictures(parts: Mapping[str, Examples]) -> bytes:
    # A part is a view of the whole set, all of which would be written.
    content = {
        part: {"pictures": examples.images.clone(), "classes": examples.labels.clone()}
        for part, examples in parts.items()
        if isinstance(examples, Pictures)
    }
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


def _sentences(parts: Mapping[str, Examples], classes: list[str], words: list[str]) -> bytes:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["part", "label", "words", "text"])
    for part, examples in parts.items():
        assert isinstance(examples, Sentences)
        for row, sentence in enumerate(examples.texts):
            read = [words[index] for index in examples.words[row, : examples.lengths[row]].tolist()]
            table.writerow([part, classes[int(examples.labels[row])], " ".join(read), sentence])
    return text.getvalue().encode()
