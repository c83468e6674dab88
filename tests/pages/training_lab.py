"""The Training lab as Streamlit runs it, with runs whose workers do nothing, and events written by hand."""

from dlviz.training.config import TrainingConfig
from dlviz.training.runs import checkpoints
from dlviz.training.runs.journal import Journal
from dlviz.training.runs.service import Service

SMALL = TrainingConfig(samples=128, epochs=3)


def start(**more: object) -> dict:
    facts = {"parameters": 390_410, "samples": 128, "validation": 5000, "steps_per_epoch": 2, "epochs": 3}
    names = {"classes": list("0123456789"), "network": "SimpleCNN", "arguments": {"num_classes": 10}}
    return {"kind": "start", **facts, **names, **more}


def batch(step: int, loss: float = 2.0) -> dict:
    epoch = (step + 1) // 2
    rest = {"rate": 0.001, "norm": 1.5, "seconds": step * 0.5}
    return {"kind": "batch", "step": step, "epoch": epoch, "loss": loss, **rest}


def epoch(number: int, loss: float, wrong: int = 3) -> dict:
    counts = [[490 if at == said else 0 for said in range(10)] for at in range(10)]
    counts[4][9] = wrong
    spread = {"conv_layers.0.weight": {"low": -1.0, "high": 1.0, "counts": [1, 2, 1]}}
    return {
        "kind": "epoch",
        "epoch": number,
        "step": 2 * number,
        "train_loss": loss + 0.1,
        "train_accuracy": 0.7,
        "loss": loss,
        "accuracy": 0.9,
        "test_loss": None,
        "test_accuracy": None,
        "rate": 0.001,
        "seconds": float(number),
        "samples_per_second": 128.0,
        "best": True,
        "wrong": [{"index": at, "truth": 4, "said": 9} for at in range(wrong)],
        "confusion": counts,
        "histograms": {"weights": spread, "gradients": spread},
    }


def tell(runs: Service, run: str, *events: dict) -> None:
    """Write events as a worker does."""
    with Journal(runs.store.folder(run)) as journal:
        journal.write(*events)


def save(runs: Service, run: str, step: int, config: TrainingConfig = SMALL, seed: int = 0) -> dict:
    """Write a checkpoint with random weights; its event."""
    from dlviz import weights
    from dlviz.training.state import Progress, State

    model = weights.build("SimpleCNN", {"num_classes": 10}, seed)
    facts: dict[str, object] = {"classes": list("0123456789")}
    state = State(
        config, "SimpleCNN", {"num_classes": 10}, facts, Progress(step=step), model.state_dict(), {}, {}, {}
    )
    file = checkpoints.path(runs.store.folder(run), step)
    file.parent.mkdir(exist_ok=True)
    state.save(file)
    return {"kind": "checkpoint", "step": step, "epoch": 0}
