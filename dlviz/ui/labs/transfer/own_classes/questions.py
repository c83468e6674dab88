"""Questions of the view My own classes, the code that is shown of it, and a script that answers again."""

from collections.abc import Callable, Sequence
from math import isnan

from dlviz.paths import WEIGHTS
from dlviz.questions import Choice
from dlviz.scripts.transfer import WEIGHTS_FILE, ZIP, own_classes_script
from dlviz.transfer.backbones import EMBEDDED, Backbone
from dlviz.transfer.features import compute_maps, measure_drift, pool
from dlviz.transfer.files import pack_set
from dlviz.transfer.heads import activation_maps, solve_head
from dlviz.transfer.picture_sets import PictureSet
from dlviz.transfer.splits import hold_out_bursts
from dlviz.ui.labs.transfer.own_classes.captions import counted_points, is_more_than_luck
from dlviz.ui.labs.transfer.own_classes.forward import (
    Learned,
    compare,
    measure_at_random,
    measure_on_bursts,
)
from dlviz.ui.lesson import ScriptFiles
from dlviz.ui.text_format.numbers import number, percent

SCRIPT = "my_own_classes.py"
FIRST = 8  # pictures that the network reads in training mode


def questions(backbone: Backbone, learned: Learned) -> Sequence[Choice]:
    """To predict before looking, answered from the learner's own pictures."""
    asked = [_ask_for_flattery(learned), _ask_for_likeness(learned), _ask_for_drift(backbone, learned)]
    return [question for question in asked if question]


def _ask_for_flattery(learned: Learned) -> Choice | None:
    honest, random = measure_on_bursts(learned), measure_at_random(learned)
    if not honest.accuracy.tested or not random.accuracy.tested:
        return None
    gain = random.accuracy.share - honest.accuracy.share
    options = ["It rises", "It falls", "It changes within luck"]
    place = 2 if not is_more_than_luck(random, honest) else 0 if gain > 0 else 1
    return Choice(
        name="flattery",
        text=(
            "The head is tested on pictures drawn at random instead of on whole bursts. What happens to the "
            "share that it names right?"
        ),
        options=options,
        answer=options[place],
        hints=[
            "Switch on “Test as others do, too”, and compare the two shares and what stands below them.",
            (
                "Pictures of a burst are nearly alike: does it help to have learned from its others? "
                "What is within luck does not count."
            ),
        ],
        because=(
            f"{percent(honest.accuracy.share)} on bursts, {percent(random.accuracy.share)} at random: "
            f"{counted_points(gain)} apart. {random.copies:,} of {random.accuracy.tested:,} pictures tested "
            "had others of their burst among those learned from."
        ),
    )


def _ask_for_likeness(learned: Learned) -> Choice | None:
    pixels, features = compare(learned, learned.pixels), compare(learned, learned.features)
    if isnan(pixels.same):
        return None
    options = ["Those by raw pixels", "Those by features", "Both equally often"]
    place = 2 if pixels.same == features.same else int(features.same > pixels.same)
    return Choice(
        name="likeness",
        text="Which nearest neighbours are more often of a picture’s own class?",
        options=options,
        answer=options[place],
        hints=[
            "The sentence above the two planes counts them.",
            "Compare its two shares, one by pixels and one by features.",
        ],
        because=(
            f"By raw pixels {percent(pixels.same)} of the neighbours are of the picture’s own class, "
            f"by features {percent(features.same)}."
        ),
    )


def _ask_for_drift(backbone: Backbone, learned: Learned) -> Choice:
    pictures = [picture.pixels() for picture in learned.examples.pictures[:FIRST]]
    drift = measure_drift(backbone, pictures)
    options = ["They stay as they are", "They change"]
    return Choice(
        name="drift",
        text=(
            f"Every weight is frozen. Now the network reads {len(pictures)} of the pictures in training "
            "mode, as after `model.train()`. What becomes of its features of the first one, back in "
            "evaluation mode?"
        ),
        options=options,
        answer=options[int(drift > 0)],
        hints=[
            "Batch norm has no gradient for its running mean and variance. Who changes them?",
            "In training mode, batch norm takes each batch into them. Has this network batch norm?",
        ],
        because=(
            f"They change by {number(100 * drift, '.2g')} % of their length: in training mode batch norm "
            "takes each batch into its running statistics, frozen or not. So a frozen network stays in "
            "evaluation mode."
            if drift
            else "They stay to the last digit: nothing in this network changes without a gradient."
        ),
    )


def shown_code() -> list[Callable]:
    """The functions that made the numbers on screen."""
    return [compute_maps, pool, solve_head, activation_maps, hold_out_bursts]


def script(backbone: Backbone, own: PictureSet, shown: int) -> str:
    """A script of plain PyTorch with the answer on screen.

    Args:
        shown: number of the picture among all of the set.
    """
    for place, each in enumerate(own.classes, 1):
        if shown < len(each.pictures):
            return own_classes_script(backbone, f"class-{place}/{shown + 1:04}.jpg")
        shown -= len(each.pictures)
    raise IndexError(shown)


def script_files(backbone: Backbone, own: PictureSet) -> ScriptFiles:
    """The set, and the weights that ship with the project."""
    files: dict[str, Callable[[], bytes]] = {ZIP: lambda: pack_set(own)}
    if backbone.name == EMBEDDED:
        files[WEIGHTS_FILE] = (WEIGHTS / WEIGHTS_FILE).read_bytes
    return files


def packages(backbone: Backbone) -> str:
    """Packages to install for the script."""
    return f"torch {'safetensors' if backbone.name == EMBEDDED else 'torchvision'} pillow numpy"
