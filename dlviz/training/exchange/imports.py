"""A learner's own weights: a `state_dict` of a network of the lesson, checked before it is used.

Sizes come from the weights' own shapes, and a file's claims may not contradict them.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

import dlviz.models
from dlviz import weights
from dlviz.data import memory, novels
from dlviz.data.sentiment import PADDING, UNKNOWN, Vocabulary
from dlviz.networks import DEEPEST, NETWORKS, BadShapes, Shapes
from dlviz.training.config import TrainingConfig
from dlviz.training.exchange.metadata import IMPORTED_FACT, Claims, read_claims
from dlviz.training.exchange.uploaded import BadUpload, Uploaded
from dlviz.training.options import TASKS
from dlviz.training.state import Progress, State
from dlviz.weights import Weights

HEADS = 4  # of a transformer, unless they are named
NAMED = 3  # weights that are named of those that a file holds
SEQUENTIAL = "Its layers are named by numbers alone: between them stands ReLU here, as in the lesson’s MLP."
NEAR = 0.5  # share of names from which on a file is said to be like a network
CLASSES, LONGEST = 100, 1_000  # answers of a network; letters of a class or a word
KEEP_SHAPE = (nn.init.normal_, Tensor.mul)
ANSWERS = ("num_classes", "output_size", "output_dim", "vocab_size")


@dataclass(frozen=True)
class FileAnswers:
    """Learner's account of a file that does not say it itself.

    Args:
        class_name: of the network.
        heads: of a DigitTransformer.
        words: of a TextClassifier, one a line in the order of their indices; the padding and the unknown
            may be left out.
    """

    class_name: str = ""
    heads: int = HEADS
    words: str = ""


@dataclass(frozen=True)
class ImportedNetwork:
    """Imported network with a learner's weights.

    Args:
        weights: with everything that is needed to build it.
        task: whose input it reads, and `model`: its name in a config.
        facts: the meaning of its answers: `classes`, `vocabulary`, `alphabet`, as far as there are such.
        itself: true if the file says what it is.
        remark: sentence for the learner on what of the file was taken, where that is not all of it as it is.
    """

    weights: Weights
    task: str
    model: str
    facts: dict[str, object]
    itself: bool
    remark: str = ""

    def state(self) -> State:
        """Make the network the checkpoint of a run that has learned nothing here."""
        name = self.weights.class_name
        batch_norm = name == NETWORKS[self.model].batch_norm_variant
        config = TrainingConfig(task=self.task, model=self.model, batch_norm=batch_norm)
        facts = {**self.facts, IMPORTED_FACT: True}
        return State(config, name, self.weights.arguments, facts, Progress(), self.weights.state, {}, {}, {})


def open_weights(file: Uploaded, answers: FileAnswers) -> ImportedNetwork:
    """Open the network of an uploaded file. What the file says of itself outranks what the learner says.

    Raises: BadUpload with one sentence for the first fault: a key that is missing, unknown or of another
        shape, no such network, or words and classes that do not fit it.
    """
    claimed = file.metadata.get("class", "")
    # What a file says of a network that is not the lesson's means nothing here.
    claims = read_claims(file.metadata if claimed in NETWORKS else {})
    name = claims.class_name or answers.class_name or claimed
    if name not in NETWORKS:
        raise BadUpload(f"Weights of {name[:60]} cannot be brought in; there are {', '.join(NETWORKS)}.")
    model = NETWORKS[name].variant_of or name
    taken, remark = _take_part(file, name)
    try:
        arguments = _arguments(name, taken, claims.arguments, answers.heads)
        task = _find_task(model, arguments, claims.task)
        state = _check_tensors(name, arguments, taken)
    except _OtherWeights as error:
        raise BadUpload(_blame(file, name, str(error))) from error
    facts = _facts(name, arguments, claims, answers.words)
    network = Weights(name, arguments, {}, state)
    return ImportedNetwork(network, task, model, facts, bool(claims.class_name), remark)


def _take_part(file: Uploaded, name: str) -> tuple[dict[str, Tensor], str]:
    """Tensors of a file that fit a network of this name, or else all, and a sentence on what was taken."""
    fits: list[tuple[str, dict[str, Tensor], str]] = []
    for part, tensors, remark in _readings(file):
        inside = any(part.startswith(f"{other}.") or other == part for other, *_ in fits)
        if not inside and _fits(name, tensors):
            fits.append((part, tensors, remark))
    if not fits:
        return file.tensors, ""
    (part, tensors, remark), *others = fits
    if others:
        names = " and ".join(f"“{other[:60]}”" for other, *_ in others)
        remark = f"Of the file, “{part[:60]}” is taken; {names} would fit as well. {remark}".strip()
    elif part and part != file.place:
        remark = f"Of the file, “{part[:60]}” alone is taken. {remark}".strip()
    return tensors, remark


def _readings(file: Uploaded) -> Iterator[tuple[str, dict[str, Tensor], str]]:
    """Ways to read a file: name of the part, tensors, and what is assumed. The whole comes first.

    Parts of the whole come last, after those that stand beside it in a checkpoint.
    """
    inside = file.parts()
    whole = {file.place: file.tensors, **file.beside}
    if not any(_fits(name, file.tensors) for name in NETWORKS):
        whole |= inside
    for part, tensors in whole.items():
        yield part, tensors, ""
    for part, tensors in whole.items():
        # Two linear layers within a larger network, such as a transformer's, are no network.
        alone = part not in inside or len(tensors) == len(file.tensors)
        if alone and (numbered := _name_layers(tensors)):
            yield part, numbered, SEQUENTIAL


def _name_layers(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Name the layers of a bare nn.Sequential as an MLP does; empty if they are no fully connected ones.

    Between two of them there must be a place for an activation, and what else has no weights.
    """
    places = sorted({int(name.partition(".")[0]) for name in tensors if re.fullmatch(r"\d{1,4}\..+", name)})
    names = [f"{place}.{kind}" for place in places for kind in ("weight", "bias")]
    if not 1 < len(places) <= DEEPEST + 1 or tensors.keys() != set(names):
        return {}
    if any(after - before < 2 for before, after in pairwise(places)):
        return {}
    with torch.device("meta"), _Unfilled():
        own = weights.build("MLP", {"depth": len(places) - 1}).state_dict()
    return {to: tensors[name] for to, name in zip(own, names, strict=True)}


def _fits(name: str, tensors: Mapping[str, Tensor]) -> bool:
    """True if a network of this name has just these weights, by their names and shapes."""
    try:
        _check_tensors(name, _arguments(name, tensors, {}, 1), tensors)
    except BadUpload:
        return False
    return True


class _OtherWeights(BadUpload):
    """Weights of other names or shapes than a network's."""


def _blame(file: Uploaded, name: str, error: str) -> str:
    """Say what a file holds that does not fit the network of this name: of a like network, what is wrong."""
    if (found := fitting(file)) and found != name:
        return f"The file holds the weights of {found}, not of {name}."
    held = _patterns(file.tensors)
    partial = any(held <= expected for expected in _names_of(name))
    like = partial or nearest(file) in {name, NETWORKS[name].variant_of or name}
    return error if like else describe_misfit(file)


def describe_misfit(file: Uploaded) -> str:
    """Say what a file holds that fits no network, and which one it is nearest to."""
    *few, last = [_describe_tensor(name, file.tensors[name]) for name in sorted(file.tensors)[:NAMED]]
    if others := max(0, len(file.tensors) - NAMED):
        few, last = [*few, last], f"{others:,} more"
    holds = f"The file holds {', '.join(few)}{' and ' if few else ''}{last}"
    if near := nearest(file):
        try:
            _check_tensors(near, _arguments(near, file.tensors, {}, 1), file.tensors)
        except BadUpload as error:
            return f"{holds}: it is nearest to {near}, but does not fit it. {error}"
    if all(name[:1].isdigit() for name in file.tensors):
        return (
            f"{holds}: layers of an nn.Sequential, named by numbers alone. Of such, only an MLP can "
            "be brought in: linear layers with biases, the hidden ones of one width, and ReLU between."
        )
    if whole := next((name for name in NETWORKS if _is_part(file, name)), ""):
        return f"{holds}: that is a part of {whole}, and only whole networks can be brought in."
    return f"{holds}: no network of the lesson has such weights."


def nearest(file: Uploaded) -> str:
    """Find the network that shares most names of weights with a file; empty if that is less than half of all.

    Numbers within names do not count: a network may have more layers, or fewer.
    """
    held = _patterns(file.tensors)
    shared = {
        name: max(len(held & expected) / len(held | expected) for expected in _names_of(name))
        for name in NETWORKS
    }
    name = max(NETWORKS, key=shared.__getitem__)
    return name if shared[name] >= NEAR else ""


def _is_part(file: Uploaded, name: str) -> bool:
    """True if each of a file's names, which say of which layer it is, is the end of one of the network's."""
    ends, expected = _patterns(file.tensors), frozenset.union(*_names_of(name))
    tails = {each.split(".", cut)[cut] for each in expected for cut in range(1, each.count(".") + 1)}
    return ends <= tails and all("." in end for end in ends)


def _patterns(names: Iterable[str]) -> frozenset[str]:
    return frozenset(re.sub(r"\d+", "#", name) for name in names)


@cache
def _names_of(name: str) -> tuple[frozenset[str], ...]:
    """Names of a network's weights at its usual sizes, as `_patterns` writes them; also with batch norm."""
    parameters = inspect.signature(getattr(dlviz.models, name)).parameters
    arguments = {size: 2 for size, parameter in parameters.items() if parameter.default is parameter.empty}
    arguments |= {size: choice.usual for size, choice in NETWORKS[name].sizes.items()}
    variants = [{"batch_norm": True}] if "batch_norm" in parameters else []
    with torch.device("meta"), _Unfilled():
        return tuple(
            _patterns(weights.build(name, {**arguments, **more}).state_dict()) for more in [{}, *variants]
        )


def _describe_tensor(name: str, tensor: Tensor) -> str:
    """Name a tensor with its shape, such as `fc.weight (10×128)`."""
    return f"{name[:40]} ({'×'.join(map(str, tensor.shape)) or 'one number'})"


def fitting(file: Uploaded) -> str:
    """Find the first network whose weights a file or a part of it holds; empty if there is none."""
    return next(
        (name for _, tensors, _ in _readings(file) for name in NETWORKS if _fits(name, tensors)),
        "",
    )


def _arguments(
    name: str, tensors: Mapping[str, Tensor], claimed: Mapping[str, object], heads: int
) -> dict[str, object]:
    """Sizes from the shapes, and beside them the heads and the dropout, which no shape tells."""
    try:
        sizes = NETWORKS[name].arguments(
            Shapes(name, {key: tuple(tensor.shape) for key, tensor in tensors.items()})
        )
    except BadShapes as error:
        raise _OtherWeights(str(error)) from error
    known = inspect.signature(getattr(dlviz.models, name)).parameters
    for key, value in claimed.items():
        if key not in known:
            raise BadUpload(f"The file says “{key[:40]}” of its network, which {name} does not know.")
        if key in sizes and (value != sizes[key] or type(value) is not type(sizes[key])):
            raise BadUpload(f"The file says {key} = {_short(value)}, but its weights have {sizes[key]}.")
    if "dropout" in claimed:
        sizes["dropout"] = _share(claimed["dropout"])
    if "heads" in known:
        sizes["heads"] = _heads(claimed.get("heads", heads), sizes["embed_size"])
    return sizes


def _share(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1:
        raise BadUpload("A dropout is a share from 0 to below 1.")
    return float(value)


def _heads(value: object, embed_size: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1 or int(str(embed_size)) % value:
        raise BadUpload(f"Its {embed_size} numbers a patch cannot be split into {_short(value)} equal heads.")
    return value


def _short(value: object) -> str:
    """Shorten a number or a text that a file holds; anything else could have any depth."""
    return str(value)[:20] if isinstance(value, int | float | str) else "…"


def _find_task(model: str, arguments: Mapping[str, object], claimed: str) -> str:
    """Find the task whose input the network reads: the one that the file names, or else the usual one."""
    size = arguments.get("input_size")
    fit = [task for task, models in TASKS.items() if model in models and _fits_input(task, model, arguments)]
    if not fit:
        raise BadUpload(
            f"It reads {size} numbers at a time: that is neither a row of a 28×28 picture nor such a picture "
            "nor a colour picture of 32×32, so nothing could be shown to it."
        )
    if claimed and claimed not in fit:
        raise BadUpload(f"The file says that it learned “{claimed[:40]}”, which does not fit its {model}.")
    return claimed or fit[0]


def _fits_input(task: str, model: str, arguments: Mapping[str, object]) -> bool:
    """True if the task's pictures, rows or symbols have so many numbers; a CNN's have as they must."""
    size = arguments.get("input_size")
    if NETWORKS[model].cuts:
        return ("colours" in arguments) == (task == "cifar10")
    if size is None:
        return True
    if task == "memory":
        return size == arguments["output_size"] == len(memory.SYMBOLS)
    return size == (28 if NETWORKS[model].reads == "rows" else 3 * 32 * 32 if task == "cifar10" else 28 * 28)


class _Unfilled(TorchFunctionMode):
    """Mode that keeps shapes alone: PyTorch would import 800 modules to fill tensors without memory."""

    def __torch_function__(
        self, func: Callable, types: object, args: tuple = (), kwargs: dict[str, object] | None = None
    ) -> object:
        named = kwargs or {}
        if func in KEEP_SHAPE:
            return next(iter([*args, *named.values()]))
        return (torch.empty if func is torch.randn else func)(*args, **named)


def _check_tensors(
    name: str, arguments: dict[str, object], tensors: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """Check tensors against the network's own, and convert them to the same types."""
    try:
        # Without memory at first: shapes that do not fit each other could ask for any amount of it.
        with torch.device("meta"), _Unfilled():
            expected = weights.build(name, arguments).state_dict()
        weights.check(Weights(name, arguments, {}, dict(tensors)), expected)
    except weights.BadWeights as error:
        raise _OtherWeights(str(error)) from error
    return {key: tensor.to(expected[key].dtype) for key, tensor in tensors.items()}


def _facts(name: str, arguments: Mapping[str, object], claims: Claims, words: str) -> dict[str, object]:
    answers = next(int(str(arguments[size])) for size in ANSWERS if size in arguments)
    reads = NETWORKS[name].reads
    if reads == "characters":
        return _alphabet(answers, claims.facts.get("alphabet", novels.ALPHABET))
    if answers > CLASSES:
        raise BadUpload(f"It tells {answers:,} classes apart; {CLASSES} at the most can be shown.")
    classes = _strings(claims.facts.get("classes", [str(at) for at in range(answers)]), "classes", answers)
    if reads != "words":
        return {"classes": classes}
    return {"classes": classes, "vocabulary": _vocabulary(arguments["vocab_size"], claims, words)}


def _alphabet(size: int, alphabet: object) -> dict[str, object]:
    if alphabet != novels.ALPHABET or size != len(novels.ALPHABET):
        raise BadUpload(
            f"It writes with an alphabet of its own ({size} characters); only the novels’ "
            f"{len(novels.ALPHABET)} can be shown, in their order."
        )
    return {"classes": list(novels.ALPHABET), "alphabet": novels.ALPHABET}


def _vocabulary(size: object, claims: Claims, words: str) -> list[str]:
    """Words of the file, or those that the learner wrote."""
    typed = [line.strip() for line in words.strip().split("\n")] if words.strip() else []
    if typed and typed[:2] != [PADDING, UNKNOWN]:
        typed = [PADDING, UNKNOWN, *typed]
    if not (found := claims.facts.get("vocabulary", typed)):
        raise BadUpload(
            f"It knows {size} words, and the file does not say which: write them, one a line, in the order "
            "of their indices."
        )
    known = _strings(found, "words", int(str(size)))
    try:
        return list(Vocabulary(tuple(known)).words)
    except ValueError as error:
        raise BadUpload(f"The first two words must be {PADDING} and {UNKNOWN}.") from error


def _strings(found: object, what: str, count: int) -> list[str]:
    """Check that there are so many different names."""
    if not isinstance(found, list) or not all(isinstance(name, str) and _is_showable(name) for name in found):
        raise BadUpload(f"Its {what} must be a list of names, each of at most {LONGEST:,} letters.")
    if len(found) != count:
        raise BadUpload(f"It has {count:,} {what}, but {len(found):,} are named.")
    if len(set(found)) != count:
        raise BadUpload(f"Two of its {what} have the same name.")
    return found


def _is_showable(name: str) -> bool:
    """True if a name can be shown; half a pair of UTF-16, which JSON may hold, cannot."""
    return 0 < len(name) <= LONGEST and not any("\ud800" <= letter <= "\udfff" for letter in name)
