"""Gates and states of recurrent layers, as equations and pictures call them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Quantity:
    """A gate or a state.

    Args:
        symbol: in the equations.
        title: in words.
        activation: σ or tanh, which keeps its values within ±1; empty for the cell state, which may grow.
    """

    symbol: str
    title: str
    activation: str

    @property
    def signed(self) -> bool:
        """True if its values lie on both sides of 0."""
        return self.activation != "σ"


# By their names in a trace, in the order in which pictures show them.
QUANTITIES = {
    "reset_gate": Quantity("r", "reset gate", "σ"),
    "update_gate": Quantity("z", "update gate", "σ"),
    "input_gate": Quantity("i", "input gate", "σ"),
    "forget_gate": Quantity("f", "forget gate", "σ"),
    "candidate": Quantity("g", "candidate", "tanh"),
    "output_gate": Quantity("o", "output gate", "σ"),
    "cell": Quantity("c", "cell state", ""),
    "hidden": Quantity("h", "hidden state", "tanh"),
}
