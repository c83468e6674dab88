"""Arms of a comparison: what learns of an encoder, and what stays as it was trained before."""

from dataclasses import dataclass

ALL = 1_000  # layers: more than any encoder has
RANKS = tuple(range(1, 9))
WORKSPACE = 100_000_000  # bytes that PyTorch takes to run an encoder forward and back at all (measured)


@dataclass(frozen=True)
class Arm:
    """One way to put an encoder to a new use. A new head learns in every one.

    Args:
        layers: number of last layers that learn whole; the others are frozen.
        rank: of the two small matrices that learn beside each query's and value's weight, while the weight
            itself is frozen; 0 for none.
        words: true if the embeddings learn, too.
        pooling: how a text's tokens become one vector, a key of `pooling.POOLINGS`.
    Raises: ValueError if whole layers and small matrices are to learn at once, or a number is negative, or
        what learns is to be pooled over several layers.
    """

    layers: int = 0
    rank: int = 0
    words: bool = False
    pooling: str = "mean"

    def __post_init__(self) -> None:
        if self.layers < 0 or not 0 <= self.rank <= RANKS[-1] or (self.layers and self.rank):
            raise ValueError("An arm trains whole layers, or small matrices of rank 1 to 8 beside them.")
        if self.pooling == "mean-three" and not self.is_frozen:
            raise ValueError("Three layers are pooled of a frozen encoder alone.")

    @property
    def is_frozen(self) -> bool:
        """True if nothing of the encoder learns."""
        return not (self.layers or self.rank or self.words)

    def count_fixed(self, layers: int) -> int:
        """Count the first layers, of so many, that a text's vectors pass before anything learns."""
        if self.rank or self.words:
            return 0
        return max(0, layers - self.layers)


ARMS = {
    "cls": Arm(pooling="cls"),
    "pooler": Arm(pooling="pooler"),
    "mean": Arm(),
    "mean-three": Arm(pooling="mean-three"),
    "last": Arm(layers=1),
    "last-two": Arm(layers=2),
    "low-rank": Arm(rank=4),
    "all": Arm(layers=ALL),
}


def estimate_seconds(
    arm: Arm, layers: int, reading: float, share_learned: float, epochs: int, measured: int
) -> float:
    """Estimate the seconds that an arm trains on a machine that reads all the texts once in so many.

    A step forward and back through a layer that learns takes about three times as long as a step forward.

    Args:
        layers: of the encoder.
        reading: seconds in which all texts pass the encoder once.
        share_learned: share of the texts that are learned from; the others are only measured.
        epochs: passes through them.
        measured: how often the others are measured.
    """
    fixed = arm.count_fixed(layers) / layers
    return reading * (fixed + (1 - fixed) * (3 * epochs * share_learned + measured * (1 - share_learned)))


def estimate_bytes(learning: int, tokens: int, hidden: int, batch_tokens: int, layers: int) -> int:
    """Estimate the memory in bytes that training takes beyond the encoder itself, at its peak.

    Args:
        learning: numbers that learn; each has a copy, a gradient, two averages of the optimizer and what a
            step makes of them, and a checkpoint copies it with its averages.
        tokens: of all texts, whose vectors below the first layer that learns are kept.
        hidden: length of a vector.
        batch_tokens: tokens of a batch, its padding among them.
        layers: that gradients pass.
    Source: Korthikanti et al. 2022, "Reducing Activation Recomputation", equation 1, in single precision.
    """
    return WORKSPACE + 36 * learning + 4 * tokens * hidden + 68 * batch_tokens * hidden * layers
