"""A run as a plain PyTorch script beside its data, which repeats it: the same losses, to the last bit."""

import inspect
import io
import math
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import torch

from dlviz import weights
from dlviz.data import novels
from dlviz.networks import DRAWING, NETWORKS
from dlviz.scripts.templates import fill
from dlviz.training import augmentation, transfer
from dlviz.training.config import TrainingConfig
from dlviz.training.exchange.data_files import data_files
from dlviz.training.options import GONE
from dlviz.training.tasks import Task, preparation, texts

Event = Mapping[str, Any]

TITLES = {
    "digits": "MNIST's digits",
    "fashion": "Fashion-MNIST's clothes",
    "cifar10": "CIFAR-10's photographs",
    "drawings": "drawings",
    "table": "the sentences of a table",
    "reviews": "positive and negative sentences",
    "text": "the next character of two novels",
}
LARGEST_COLOUR = 30_000  # photographs that are packed; a grey picture has a quarter of their bytes
OPTIMIZERS = {
    "SGD": "SGD({common})",
    "momentum": "SGD({common}, momentum={momentum!r})",
    "Nesterov": "SGD({common}, momentum={momentum!r}, nesterov=True)",
    "Adam": "Adam({common}, fused=True)",
    "AdamW": "AdamW({common}, fused=True)",
    "RMSprop": "RMSprop({common})",
}
SCHEDULERS = {
    "StepLR": "StepLR(optimizer, {step_size}, {gamma!r})",
    "MultiStep": "MultiStepLR(optimizer, {steps}, {gamma!r})",
    "exponential": "ExponentialLR(optimizer, {gamma!r})",
    "cosine": "CosineAnnealingLR(optimizer, EPOCHS)",
    "one-cycle": "OneCycleLR(\n"
    "    optimizer, {learning_rate!r}, total_steps={every_pass} * len(in_order(learned, BATCH)), "
    "cycle_momentum=False)",
    "reduce-on-plateau": "ReduceLROnPlateau(optimizer, factor={gamma!r}, patience={lr_patience})",
    "warm-up": "LinearLR(optimizer, 1 / {warm_up}, total_iters={warm_up})",
}
BEST = 'best, best_epoch, best_weights = float("inf"), 0, None\n'
STOPPING = """\
    if measured < best:
        best, best_epoch = measured, epoch
        best_weights = {{name: tensor.clone() for name, tensor in model.state_dict().items()}}
    elif epoch - best_epoch >= {patience}:
        break
"""
RESTORE = """\
if best_weights:
    model.load_state_dict(best_weights)
"""
TEST = """\
loss, accuracy = measure(read("test"))
print(f"test: loss {loss!r}, accuracy {accuracy:.4f}")
"""
STEER = """\
        planned, scale = optimizer.param_groups[0]["lr"], SCALES.get(step, scale)
        optimizer.param_groups[0]["lr"] = planned * scale
"""
RESUME = """\
        optimizer.param_groups[0]["lr"] = planned
"""
START_FILE = "start.pt"
START = f"""\
# All trained layers but the last, which is a new head.
model.load_state_dict(torch.load(HERE / "{START_FILE}", weights_only=True), strict=False)
"""
UNFREEZE = """
LAYERS = {layers!r}

def unfreeze(first):
    \"\"\"Let the layers from this one on learn; those before it are frozen.\"\"\"
    for place, name in enumerate(LAYERS):
        model.get_submodule(name).requires_grad_(place >= LAYERS.index(first))
"""
README = """\
Unpack this folder, open a terminal in it, and run pip install torch numpy, then python {script}
It learns from {files} and writes weights.pt: the Training lab brings it in under My runs.
"""


def has_script(config: TrainingConfig) -> bool:
    """True if a run is repeated by a script: its data are here, and it has the same last bits every time."""
    small = config.task != "cifar10" or config.samples <= LARGEST_COLOUR
    return config.device == "cpu" and config.task not in GONE and small


def script_zip(config: TrainingConfig, task: Task, events: Sequence[Event], name: str) -> bytes:
    """Pack a folder with the run's script, the data that it reads, and two lines on how to run it.

    Args:
        task: of the config, its data in memory.
        events: of the run.
        name: of the folder, and of the script in it.
    """
    files = data_files(task) | _start_file(config, task)
    script = f"{name}.py"
    content = {
        script: pytorch_script(config, task, events, script, [*files]).encode(),
        "README.txt": README.format(script=script, files=_listed([*files])).encode(),
        **files,
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, data in content.items():
            archive.writestr(f"{name}/{file}", data)
    return packed.getvalue()


def pytorch_script(
    config: TrainingConfig, task: Task, events: Sequence[Event], name: str, files: Sequence[str]
) -> str:
    """Write a script that prints the loss of every batch, and what is measured after every epoch.

    Args:
        events: of the run, to change its rate where it was changed by hand, and to end where time was up.
        name, files: of the script itself, and of the data beside it.
    """
    every_pass = "EPOCHS" if config.passes == 1 else f"EPOCHS * {config.passes}"
    values = {**asdict(config), "steps": list(config.milestones), "every_pass": every_pass}
    common = f"model.parameters(), lr={config.learning_rate!r}, weight_decay={config.weight_decay!r}"
    by_batch = config.scheduler in ("one-cycle", "warm-up")
    by_epoch = config.scheduler != "none" and not by_batch
    scheduler = SCHEDULERS.get(config.scheduler, "").format(**values)
    clip = f"        nn.utils.clip_grad_norm_(model.parameters(), {config.clip!r})\n" if config.clip else ""
    seen = "measured" if config.scheduler == "reduce-on-plateau" else ""
    reads_words = NETWORKS[config.model].reads == "words"
    convolutional = NETWORKS[config.model].script == "convolutional"
    layout = ".to(memory_format=torch.channels_last)" if convolutional else ""
    code = {
        "title": f"{task.class_name} learns {TITLES[config.task]}",
        "name": name,
        "files": _listed(files),
        "torch": torch.__version__,
        "imports": "import csv, math, sys" if reads_words else "import math, sys",
        "examples": _examples(config, task),
        "network": _network(config, task),
        "flatten": ".flatten(0, 1)" if config.task == "text" else "",
        "build": f"{task.class_name}(){layout}",
        "optimizer": OPTIMIZERS[config.optimizer].format(common=common, **values),
        "scheduler": f"scheduler = torch.optim.lr_scheduler.{scheduler}\n" if scheduler else "",
        "learning": ", learning=True" if config.augmentation else "",
        "smoothing": f", label_smoothing={config.label_smoothing!r}" if config.label_smoothing else "",
        "clip": clip,
        "by_batch": "        scheduler.step()\n" if by_batch else "",
        "by_epoch": f"    scheduler.step({seen})\n" if by_epoch else "",
        "best": BEST if config.patience else "",
        "stopping": STOPPING.format(patience=config.patience) if config.patience else "",
        "restore": RESTORE if config.patience else "",
        "test": TEST if task.tested is not None else "",
        **_transfer(config),
        **_steering(events),
        **_end(config, events),
    }
    return fill("training", code, threads=1, seed=config.seed, batch=config.batch_size, epochs=config.epochs)


def _listed(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _start_file(config: TrainingConfig, task: Task) -> dict[str, bytes]:
    """Write the trained layers that a run starts from; nothing if it starts from random weights."""
    if not config.start:
        return {}
    model = weights.build(task.class_name, task.arguments)
    transfer.start_from(model, config.start)
    head = NETWORKS[config.model].layers[-1]
    file = io.BytesIO()
    torch.save({name: each for name, each in model.state_dict().items() if not name.startswith(head)}, file)
    return {START_FILE: file.getvalue()}


def _transfer(config: TrainingConfig) -> dict[str, str]:
    """Code that starts from trained layers, freezes some, and goes over the examples several times."""
    layers = NETWORKS[config.model].layers
    code = {"start": START if config.start else "", "unfreeze": "", "learning_layers": ""}
    if config.unfreeze_from or config.head_epochs:
        first = repr(config.unfreeze_from or layers[0])
        if config.head_epochs:
            first = f"{layers[-1]!r} if epoch <= {config.head_epochs} else {first}"
        code |= {
            "unfreeze": UNFREEZE.format(layers=layers),
            "learning_layers": f"    unfreeze({first})\n",
        }
    several = f"[rows for _ in range({config.passes}) for rows in shuffle(learned)]"
    return {**code, "shuffled": "shuffle(learned)" if config.passes == 1 else several}


def _steering(events: Iterable[Event]) -> dict[str, str]:
    """Code that changes the rate where it was changed by hand; empty if it never was."""
    scales, scale = {}, 1.0
    for event in events:
        if event["kind"] == "rate":
            scale = event["scale"] if "scale" in event else _scale(scale, event["old"], event["new"])
            scales[event["step"]] = scale
    if not scales:
        return {"scales": "", "steer": "", "resume": ""}
    told = "step after which the rate was changed by hand -> so many times what was planned"
    return {"scales": f"SCALES = {scales!r}  # {told}\nscale = 1.0\n", "steer": STEER, "resume": RESUME}


def _scale(before: float, old: float, new: float) -> float:
    """Find the factor to the planned rate where the run has not noted it: it must give the new rate."""
    planned = old / before
    near = new / planned
    around = (near, math.nextafter(near, math.inf), math.nextafter(near, 0))
    return next((factor for factor in around if planned * factor == new), near)


def _end(config: TrainingConfig, events: Sequence[Event]) -> dict[str, str]:
    """Code that ends where the time budget was used up, or where the run is now; empty if it has none."""
    reason = next((event["reason"] for event in events if event["kind"] == "end"), "")
    if config.seconds is None or reason in ("done", "early", "diverged"):
        return {"stop": "", "stop_batches": "", "stop_epochs": ""}
    steps = max((event["step"] for event in events if event["kind"] == "batch"), default=1)
    told = "then the time budget was used up" if reason == "time" else "the run has come this far"
    return {
        "stop": f"STEPS = {steps}  # {told}\n",
        "stop_batches": "        if step == STEPS:\n            break\n",
        "stop_epochs": "    if step == STEPS:\n        break\n",
    }


def _examples(config: TrainingConfig, task: Task) -> str:
    match NETWORKS[config.model].reads:
        case "words":
            return fill("examples/sentences", classes=task.facts["classes"]).strip()
        case "characters":
            return fill("examples/text", characters=novels.ALPHABET, length=texts.LENGTH).strip()
    training = task.training
    assert isinstance(training, preparation.Pictures)
    rows, colour, changed = training.as_rows, training.images.dim() == 4, bool(config.augmentation)
    convolutional = NETWORKS[config.model].script == "convolutional"
    code = {
        "augmentation": _augmentation_code(config),
        "learning": ", learning=False" if changed else "",
        "channel": "" if colour or (rows and not changed) else "    x = x.unsqueeze(1)  # one colour\n",
        "augment": "    if learning:\n        x = augment(x, HOW)\n" if changed else "",
        "input": "x.contiguous(memory_format=torch.channels_last)"
        if convolutional
        else "x.squeeze(1)"
        if rows and changed
        else "x",
    }
    return fill("examples/pictures", code, classes=task.facts["classes"]).strip()


def _network(config: TrainingConfig, task: Task) -> str:
    spec, sizes = NETWORKS[config.model], task.arguments
    code = {"class_name": task.class_name}
    match spec.script:
        case "convolutional":
            sizes = {"dropout": 0.5, "channels": 32, **sizes}
            first = int(str(sizes["channels"]))
            widths = {"first": first, "second": 2 * first, "third": 4 * first}
            code |= {
                f"norm_{name}": f"nn.BatchNorm2d({width}), " if config.batch_norm else ""
                for name, width in widths.items()
            }
            sizes |= {**widths, "hidden": sizes.get("hidden_size", 256)}
            sizes |= {"colours": 3, "side": 4} if config.task == "cifar10" else {"colours": 1, "side": 3}
        case "mlp":
            code["norm"] = "nn.BatchNorm1d(after), " if config.batch_norm else ""
            sizes = {"dropout": 0.0, **sizes}
        case "recurrent":
            code |= {"kind": spec.layer, "layer": spec.layer.lower()}
            layers = sizes.get("num_layers", 1)
            sizes = {**sizes, "num_layers": layers, "dropout": 0.0 if layers == 1 else 0.2}
        case "transformer":
            sizes = {"dropout": 0.1, "forward_expansion": 4, **DRAWING, **sizes}
            sizes["patches"] = (int(str(sizes["side"])) // 4) ** 2
            sizes["numbers"] = 16 * int(str(sizes["colours"]))
    return fill(f"networks/{spec.script}", code, **sizes).strip()


def _augmentation_code(config: TrainingConfig) -> str:
    """Write out the very functions that the run calls, with the config's numbers."""
    if not config.augmentation:
        return ""
    functions = (
        augmentation.augment,
        augmentation._each,
        augmentation._both_ways,
        augmentation._moved,
        augmentation._erased,
    )
    values = ", ".join(f"{name}={value!r}" for name, value in asdict(config.augmentation).items())
    return "\n".join(
        [
            "",
            "from types import SimpleNamespace as Augmentation",
            "from torch import Tensor",
            "",
            f"HOW, PATCH = Augmentation({values}), {augmentation.PATCH!r}",
            "",
            *(f"{inspect.getsource(function)}\n" for function in functions),
        ]
    )
