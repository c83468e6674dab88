"""Metadata of a weights file on its network: written for a download, read from an upload with distrust."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from dlviz.training.exchange.uploaded import BadUpload
from dlviz.training.state import State

FACTS = ("classes", "vocabulary", "alphabet")  # of a state's facts, those that give its answers a meaning
IMPORTED_FACT = "brought"  # among a state's facts: its weights come from a file


@dataclass(frozen=True)
class Claims:
    """Claims of a file about itself, as far as they have the right form; empty where it makes none.

    Args:
        class_name, arguments: of the network, as `weights.build` takes them.
        task: that it learned, a key of `options.TASKS`.
        facts: the meaning of its answers.
    """

    class_name: str
    arguments: dict[str, object]
    task: str
    facts: dict[str, object]


def describe(state: State) -> dict[str, str]:
    """Write the metadata of a file with a state's weights, for `weights.read` and for `read_claims`."""
    config = state.config
    network = {
        "class": state.class_name,
        "arguments": json.dumps(state.arguments),
        "task": config.task,
        "facts": json.dumps({name: state.facts[name] for name in FACTS if name in state.facts}),
    }
    if state.facts.get(IMPORTED_FACT):
        return network | {"result": "brought in from a file, not trained here"}
    return network | {
        "data": f"{config.task}: {config.samples:,} samples at the most",
        "recipe": config.to_json(),
        "seed": str(config.seed),
        "result": f"as it was after {state.progress.step:,} batches",
    }


def read_claims(metadata: Mapping[str, str]) -> Claims:
    """Read a file's claims about its network from its metadata.

    Raises: BadUpload if they have another form than `describe` gives them.
    """
    arguments, facts = (_object(metadata, name) for name in ("arguments", "facts"))
    return Claims(metadata.get("class", ""), arguments, metadata.get("task", ""), facts)


def _object(metadata: Mapping[str, str], name: str) -> dict[str, object]:
    try:
        found = json.loads(metadata.get(name, "{}"))
    except (ValueError, RecursionError) as error:
        raise BadUpload(f"What the file says of its network’s {name} is no JSON.") from error
    if not isinstance(found, dict):
        raise BadUpload(f"What the file says of its network’s {name} is no list of names and values.")
    return found
