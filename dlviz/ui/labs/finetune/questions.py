"""Questions on what learns of each arm, and the code behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from dlviz.questions import Choice
from dlviz.training.fine_tuning import BATCH, RATES, TUNED_EPOCHS
from dlviz.ui.labs.finetune import captions
from dlviz.ui.labs.finetune.state import OWN, State
from dlviz.ui.runs import together
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.numbers import counted
from dlviz.ui.text_format.quotes import quoted

PLACES = 2  # query and value of each layer get matrices
LANE, USUAL_COUNT = "last-two", 200  # of the call for a notebook


def main_question(count: int, ways: Sequence[str], right: captions.Right) -> Choice:
    """Ask which way to learn wins; answered once all have learned.

    Args:
        count: of sentences that they learn from.
        ways: their titles.
        right: of those that have learned.
    """
    asked = Choice(
        name="winner",
        text=f"Which way wins with {counted(count, 'sentence')} to learn from?",
        options=ways,
        answer=None,
        hints=[
            "Which ways know words before the first sentence comes, and which must learn them too?",
            "Of those that do: how much may each of them change? Few sentences can lead many weights astray.",
        ],
        why="Do the ways in which more numbers learn get further? Why, or why not?",
        because="",
    )
    if not right.keys() >= {*ways}:
        return asked
    leaders = captions.find_leaders(right)
    answered = together.answer_with_leaders(asked, leaders)
    luck = f"Among {captions.in_words(leaders)} luck may decide. " if len(leaders) > 1 else ""
    named = ", ".join(f"{quoted(title)} {int(right[title].sum())}" for title in captions.rank(right))
    return replace(answered, because=f"{luck}Right of {len(right[ways[0]])}: {named}.")


def questions(state: State) -> list[Choice]:
    """Questions on numbers that learn, answered from the encoder itself."""
    encoder = model_cache.bert()
    small = 2 * encoder.hidden * state.rank
    learning = encoder.layers * PLACES * small
    words = encoder.model.state_dict()["embeddings.word_embeddings.weight"].numel()
    whole = sum(each.numel() for each in encoder.model.parameters())
    weight = encoder.hidden**2
    return [
        Choice(
            name="matrices",
            text=f"LoRA of rank {state.rank}: how many numbers learn beside a weight of {weight:,}?",
            options=[f"{small:,}", f"{weight // 2:,}", f"{weight:,}"],
            answer=f"{small:,}",
            hints=[
                f"Two matrices: {encoder.hidden} × {state.rank} and {state.rank} × {encoder.hidden}.",
                "Multiply rows by columns of each matrix, and add both products.",
            ],
            because=f"2 · {encoder.hidden} · {state.rank}. In all {encoder.layers} layers: {learning:,}.",
        ),
        Choice(
            name="words",
            text=f"Of the encoder’s {whole:,} numbers, what share is in its word vectors?",
            options=["About a tenth", "About a quarter", "About half"],
            answer="About half",
            hints=[
                f"It knows {words // encoder.hidden:,} word pieces, each with a vector.",
                f"Each vector has {encoder.hidden} numbers. Multiply, and compare with all {whole:,}.",
            ],
            because=(
                f"{words:,}: {encoder.hidden} numbers for each of {words // encoder.hidden:,} word pieces."
            ),
        ),
    ]


def shown_code() -> Sequence[Callable | type]:
    """LoRA, the pooling, the start of the head, and the delta that is taken away."""
    from dlviz.finetuning import learning, low_rank, pooling

    return [low_rank.LowRank, pooling.pool_mean, learning.begin_with_solved_head]


def notebook_call(state: State) -> str:
    """Write a call that trains the last two layers in a notebook, as a worker does."""
    count = USUAL_COUNT if state.data == OWN else int(state.data)
    return "\n".join(
        [
            "from dlviz.encoders import packaged",
            "from dlviz.finetuning.arms import ARMS",
            "from dlviz.finetuning.learning import Plan, begin_with_solved_head, learn",
            "from dlviz.finetuning.network import FineTuned",
            "from dlviz.training.fine_tuning import draw_reviews",
            "",
            f"sentences = draw_reviews({count}, draw={state.draw})",
            f'network = FineTuned(packaged.encoder(), ARMS["{LANE}"], classes=2)',
            "learned, held = (network.read(*zip(*part)) for part in (sentences.learned, sentences.held))",
            "begin_with_solved_head(network, learned)",
            f"plan = Plan(epochs={TUNED_EPOCHS}, batch={BATCH}, rate={RATES[LANE]}, seed={state.draw})",
            "for event in learn(network, learned, held, plan):",
            '    if event["kind"] == "epoch":',
            '        print(event["step"], event["accuracy"])',
        ]
    )
