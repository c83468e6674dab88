"""A run as a plain PyTorch script that repeats it: the same losses, to the last bit."""

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from dlviz.networks import NETWORKS
from dlviz.scripts.templates import fill
from dlviz.training import augmentation
from dlviz.training.config import TrainingConfig, network_sizes
from dlviz.training.tasks import preparation

FOLDERS = {"digits": "assets/data/mnist", "fashion": "assets/data/fashion-mnist"}
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
    "one-cycle": "OneCycleLR(optimizer, {learning_rate!r}, total_steps=EPOCHS * steps_per_epoch, "
    "cycle_momentum=False)",
    "reduce-on-plateau": "ReduceLROnPlateau(optimizer, factor={gamma!r}, patience={lr_patience})",
    "warm-up": "LinearLR(optimizer, 1 / {warm_up}, total_iters={warm_up})",
}
STOPPING = """\
    if measured < best:
        best, best_epoch = measured, epoch
        best_weights = {{name: tensor.clone() for name, tensor in model.state_dict().items()}}
    elif epoch - best_epoch >= {patience}:
        break
if best_weights:
    model.load_state_dict(best_weights)
"""
# A schedule goes on in proportion to a rate that was changed by hand.
STEER = """\
        usual = optimizer.param_groups[0]["lr"]
        if step in CHANGES:
            begun, asked = usual, CHANGES[step]
        if asked:
            optimizer.param_groups[0]["lr"] = asked if usual == begun else usual * (asked / begun)
"""
RESUME = """\
        optimizer.param_groups[0]["lr"] = usual
"""


class NoScript(ValueError):
    """There is no script for such a run; the message says why."""


def pytorch_script(config: TrainingConfig, events: Iterable[Mapping[str, Any]] = ()) -> str:
    """Write a script that needs PyTorch, NumPy and the data's files, and prints the loss of every batch.

    Args:
        events: of the run, to change its rate where it was changed by hand.
    Raises: NoScript if the run's task or network has none.
    """
    values = {**asdict(config), "steps": list(config.milestones)}
    common = f"model.parameters(), lr={config.learning_rate!r}, weight_decay={config.weight_decay!r}"
    by_batch = config.scheduler in ("one-cycle", "warm-up")
    by_epoch = config.scheduler != "none" and not by_batch
    scheduler = SCHEDULERS.get(config.scheduler, "").format(**values)
    clip = f"        nn.utils.clip_grad_norm_(model.parameters(), {config.clip!r})\n" if config.clip else ""
    seen = "measured" if config.scheduler == "reduce-on-plateau" else ""
    code = {
        "title": "MNIST's digits" if config.task == "digits" else "Fashion-MNIST's clothes",
        "folder": _folder(config),
        **_steering(events),
        "network": _network(config),
        "augmentation": _augmentation_code(config),
        "augment": "    if learning:\n        pixels = augment(pixels, HOW)\n" if config.augmentation else "",
        "input": _input(config),
        "build": "Network().to(memory_format=torch.channels_last)" if _convolutional(config) else "Network()",
        "optimizer": OPTIMIZERS[config.optimizer].format(common=common, **values),
        "scheduler": f"scheduler = torch.optim.lr_scheduler.{scheduler}" if scheduler else "",
        "clip": clip,
        "by_batch": "        scheduler.step()\n" if by_batch else "",
        "by_epoch": f"    scheduler.step({seen})\n" if by_epoch else "",
        "stopping": STOPPING.format(patience=config.patience) if config.patience else "",
    }
    return fill(
        "training",
        code,
        threads=1,
        seed=config.seed,
        samples=config.samples,
        batch=config.batch_size,
        epochs=config.epochs,
        held_out=_held_out(config),
        smoothing=config.label_smoothing,
    )


def _folder(config: TrainingConfig) -> str:
    if config.task not in FOLDERS or not NETWORKS[config.model].script or config.device != "cpu":
        raise NoScript(
            "There is a script for digits and clothes on the CPU, for every network but the transformer."
        )
    if config.seconds:
        raise NoScript("A run with a time budget cannot be repeated to the last batch: take the budget away.")
    return FOLDERS[config.task]


def _held_out(config: TrainingConfig) -> int:
    if config.test:
        return 0
    whole = config.task == "digits" or preparation.needs_all_clothes(config)
    return preparation.HELD_OUT if whole else preparation.HELD_OUT_CLOTHES


def _steering(events: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Code that changes the rate where it was changed by hand; empty if it never was."""
    changes = {event["step"]: event["new"] for event in events if event["kind"] == "rate"}
    if not changes:
        return {"changes": "", "steer": "", "resume": ""}
    told = f"CHANGES = {changes!r}  # step -> the rate that it was changed to by hand after it\n"
    return {"changes": f"{told}begun, asked = 0.0, 0.0\n", "steer": STEER, "resume": RESUME}


def _convolutional(config: TrainingConfig) -> bool:
    return NETWORKS[config.model].script == "convolutional"


def _network(config: TrainingConfig) -> str:
    sizes = network_sizes(config)
    if _convolutional(config):
        norms = {
            f"norm_{width}": f"nn.BatchNorm2d({width}), " if config.batch_norm else ""
            for width in (32, 64, 128)
        }
        dropout = 0.5 if config.dropout is None else config.dropout
        return fill("networks/convolutional", norms, dropout=dropout)
    if NETWORKS[config.model].script == "mlp":
        norm = {"norm": "nn.BatchNorm1d(after), " if config.batch_norm else ""}
        return fill("networks/mlp", norm, dropout=config.dropout or 0.0, **sizes)
    layers = {"num_layers": 1} | sizes
    kind = {"kind": NETWORKS[config.model].layer}
    return fill("networks/recurrent", kind, dropout=0.2 if layers["num_layers"] > 1 else 0.0, **layers)


def _input(config: TrainingConfig) -> str:
    if _convolutional(config):
        return "x.contiguous(memory_format=torch.channels_last)"
    return "x.squeeze(1)" if NETWORKS[config.model].reads == "rows" else "x"


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
            "import math",
            "from types import SimpleNamespace as Augmentation",
            "from torch import Tensor",
            "",
            f"HOW, PATCH = Augmentation({values}), {augmentation.PATCH!r}",
            "",
            *(f"{inspect.getsource(function)}\n" for function in functions),
        ]
    )
