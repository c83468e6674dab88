"""Fields of a lab's state for the panel on batch norm."""

from dataclasses import dataclass

from dlviz.ui import fields

BATCHES = (1, 2, 4, 8, 16, 32)  # inputs of a batch, the learner's own included
MODES = {"training": "Training mode", "evaluation": "Evaluation mode"}


@dataclass(frozen=True)
class BatchNormFields:
    """The batch that a learner's own input is in, and the mode in which a channel is shown.

    Args:
        norm_batch: inputs of the batch, of BATCHES.
        norm_draw: seed of the draw of the others.
        norm_mode: a key of MODES.
    """

    norm_batch: int = fields.coded(4, lambda text: BATCHES[[str(batch) for batch in BATCHES].index(text)])
    norm_draw: int = fields.integer(0, 9999, 0)
    norm_mode: str = fields.choice(MODES, "training")
