"""A file of weights that a learner uploads: its tensors, and what it says of itself. Nothing in it is run."""

import io
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from zipfile import BadZipFile, ZipFile

import torch
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor

LARGEST = 15_000_000  # bytes of a file
VALUES = 4_000_000  # numbers in it
# How a file of torch.save begins, how one of before 2020 does, and what stands in a safetensors file behind
# the eight bytes of its header's length, which may look like either.
ZIP, PICKLE, HEADER = b"PK", b"\x80", b"{"
SMALL_TYPES = (torch.float16, torch.bfloat16, torch.float64)  # read as float32, like all others
WHOLE_TYPES = (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool)
MOST_PARTS = 100  # of which it is asked whether they are a network
# Names that a trainer gives to losses and measures, whose weights and counts are no part of a network.
MEASURE = re.compile(
    r"(?:.*\.)?(?:(?:train|val|valid|validation|test)_\w+|(?:\w+_)?(?:criterion|loss)(?:_fn)?|metrics?|accuracy)\.",
    re.IGNORECASE,
)
DEEPEST = 4  # parts of a checkpoint within parts, in which weights are looked for


class BadUpload(ValueError):
    """A file holds no weights that fit; the message says why, in a sentence for the learner."""


@dataclass(frozen=True)
class Uploaded:
    """Content of an uploaded file.

    Args:
        tensors: name -> tensor: finite, none sharing memory with another; all fractions as float32.
        metadata: of a safetensors file, as its maker wrote it: to be trusted in nothing.
        place: name of the part of a checkpoint that the tensors stand in; empty if it is the whole.
        beside: other parts of it that hold named layers, by their names.
    """

    tensors: dict[str, Tensor]
    metadata: dict[str, str] = field(default_factory=dict)
    place: str = ""
    beside: dict[str, dict[str, Tensor]] = field(default_factory=dict)

    def parts(self) -> dict[str, dict[str, Tensor]]:
        """Tensors that may be a network of their own, such as those of `student.`, by their beginning."""
        found: dict[str, dict[str, Tensor]] = {}
        for name, tensor in self.tensors.items():
            words = name.split(".")
            for length in range(1, min(len(words) - 1, DEEPEST) + 1):
                found.setdefault(".".join(words[:length]), {})[".".join(words[length:])] = tensor
        networks = {name: part for name, part in found.items() if any("." in rest for rest in part)}
        return {name: networks[name] for name in islice(networks, MOST_PARTS)}


def read(data: bytes) -> Uploaded:
    """Read a safetensors file, or a `.pt` file with a `state_dict` in it.

    Nothing in a file is ever run: a `.pt` is read with `weights_only=True`.

    Raises: BadUpload if it is too large, no such file, or holds something else than finite numbers.
    """
    if len(data) > LARGEST:
        raise BadUpload(f"The file is larger than {LARGEST // 1_000_000} MB.")
    plain = data[8:9] == HEADER
    if data[:1] == PICKLE and not plain:
        raise BadUpload(
            "This is a pickle, which is not opened because it could run anything; files of torch.save are "
            "read if PyTorch 1.6 or newer wrote them. Save the state_dict again."
        )
    file = _read_torch_file(data) if data[:2] == ZIP and not plain else _read_safetensors(data)
    if not file.tensors:
        raise BadUpload("The file has no weights in it.")
    beside = {}
    for name, part in islice(file.beside.items(), MOST_PARTS):
        with suppress(BadUpload):  # another part need not be a network's
            beside[name] = _check_part(part)
    return Uploaded(_check_part(file.tensors), file.metadata, file.place, beside)


def _check_part(part: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Check the tensors of a part, and write their names as the network itself does."""
    if sum(tensor.numel() for tensor in part.values()) > VALUES:
        raise BadUpload(f"The file has more than {VALUES:,} numbers in it.")
    return _strip_prefixes(
        _leave_out_measures({key: _check_numbers(key, value) for key, value in part.items()})
    )


def _leave_out_measures(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Leave out what a trainer keeps beside a network: weights of a loss, counts of a measure."""
    kept = {name: tensor for name, tensor in tensors.items() if not MEASURE.match(name)}
    return kept or tensors


def _check_numbers(name: str, tensor: Tensor) -> Tensor:
    """Check that a tensor holds finite numbers, and copy it into memory of its own."""
    if tensor.layout != torch.strided or tensor.device.type != "cpu":
        raise BadUpload(f"{name[:60]} is no plain tensor with values.")
    if tensor.dtype not in (torch.float32, *SMALL_TYPES, *WHOLE_TYPES):
        raise BadUpload(f"{name[:60]} is of the type {tensor.dtype}; float32 is read, and float16.")
    own = tensor.contiguous().clone()
    if tensor.dtype in WHOLE_TYPES:
        return own
    # What float32 cannot hold becomes infinite.
    if not (own := own.float()).isfinite().all():
        raise BadUpload(f"{name[:60]} has values that are no finite numbers.")
    return own


def _strip_prefixes(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Strip names of what DataParallel, torch.compile, Lightning and others put before every one of them."""
    while len({name.partition(".")[0] for name in tensors}) == 1:
        rest = {name.partition(".")[2]: tensor for name, tensor in tensors.items()}
        # An MLP's own names begin alike, and then count its layers; a lone layer has no more parts.
        if any(name[:1].isdigit() for name in rest) or not any("." in name for name in rest):
            break
        tensors = rest
    return tensors


def _read_safetensors(data: bytes) -> Uploaded:
    try:
        tensors = load(data)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise BadUpload(
            "This is neither a safetensors file nor one that torch.save wrote, or it is damaged."
        ) from error
    # The file has been read whole, so its header is one: its length in eight bytes, then JSON.
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    return Uploaded(tensors, header.get("__metadata__") or {})


def _read_torch_file(data: bytes) -> Uploaded:
    try:
        # A packed file could unpack to any size; what torch.save writes is not packed.
        with ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(file.file_size for file in archive.infolist())
            program = any("/code/" in name for name in archive.namelist())
    except (BadZipFile, ValueError, NotImplementedError) as error:
        raise BadUpload("This .pt file is cut or damaged.") from error
    if unpacked > LARGEST:
        raise BadUpload(f"The file unpacks to more than {LARGEST // 1_000_000} MB.")
    if program:
        raise BadUpload(
            "This is a TorchScript file, a whole program, which is not opened because it could run anything: "
            "save model.state_dict() instead."
        )
    try:
        content = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    # A file made to do harm fails in any way it likes: whichever it is, it holds no weights.
    except Exception as error:
        raise BadUpload(
            "This .pt file is damaged, or holds more than weights: save model.state_dict() alone."
        ) from error
    return _state_dict(content)


def _state_dict(content: object) -> Uploaded:
    """Find the weights, also where they are one part of a checkpoint, whatever it is called.

    Of several, those with names of layers, such as `fc.weight`, and with the most numbers; else the first.
    """
    found = [
        (name, {key: tensor.detach() for key, tensor in tensors.items()})
        for name, tensors in _named_tensors(content, set(), DEEPEST)
    ]
    if not found:
        raise BadUpload("This .pt file holds no state_dict: save model.state_dict().")

    def size(part: tuple[str, dict[str, Tensor]]) -> tuple[bool, int]:
        _, tensors = part
        return any("." in name for name in tensors), sum(tensor.numel() for tensor in tensors.values())

    place, tensors = max(found, key=size)
    beside = {name: part for name, part in found if name != place and any("." in key for key in part)}
    return Uploaded(tensors, place=place, beside=beside)


def _named_tensors(
    content: object, seen: set[int], depth: int, place: str = ""
) -> Iterator[tuple[str, Mapping[str, Tensor]]]:
    """Yield the parts of a checkpoint that hold named tensors, each with its name, and no other values."""
    if not isinstance(content, Mapping | list | tuple) or id(content) in seen:
        return
    seen.add(id(content))  # a part may hold itself
    named = content if isinstance(content, Mapping) else {}
    # An optimizer's tensors have names without a part of the network before them, or numbers.
    tensors = {name: value for name, value in named.items() if isinstance(value, Tensor)}
    layers = {name: value for name, value in tensors.items() if isinstance(name, str)}
    # A lone number between them counts something, such as epochs, or networks that were averaged.
    weights = {name: value for name, value in layers.items() if "." in name or value.dim()}
    if any("." in name for name in weights):
        yield place, weights
    elif isinstance(content, Mapping) and len(layers) == len(named):
        yield place, layers
    elif depth:
        for key, value in named.items() if named else enumerate(content):
            yield from _named_tensors(value, seen, depth - 1, f"{place}.{key}".lstrip("."))
