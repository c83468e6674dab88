"""Sentences of the view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from dlviz.training.analysis.significance import write_chance
from dlviz.training.config import TrainingConfig
from dlviz.ui.labs.transfer.what_changed.forward import OLD_TASKS, Change, Shifted
from dlviz.ui.labs.transfer.what_changed.state import BELOW, SHIFTS
from dlviz.ui.text_format.numbers import counted, number, percent


def title_ways(config: TrainingConfig) -> dict[str, str]:
    """Titles of a tuned network, by the way in which it learned, and of its frozen twin."""
    return {"tuned": "Head first" if config.head_epochs else "Fine-tuned", "frozen": "Frozen"}


BEYOND_LUCK = 2.0  # standard deviations
SETS = {"digits": "digits", "fashion": "clothes"}


def name_task(task: str, classes: tuple[int, ...]) -> str:
    """Name a task: `clothes`, or `digits 5–9` where it has some of the classes."""
    return f"{SETS[task]} {classes[0]}–{classes[-1]}" if classes else SETS[task]


def name_classes(task: str, classes: tuple[int, ...]) -> list[str]:
    """Names of a task's classes."""
    from dlviz.data.fashion import CLASSES

    names = CLASSES if task == "fashion" else tuple("0123456789")
    return [names[each] for each in classes or range(len(names))]


def name_old_task(config: TrainingConfig) -> str:
    """Name what a run's start had learned."""
    return name_task(*OLD_TASKS[config.start])


def name_new_task(config: TrainingConfig) -> str:
    """Name what a run has learned."""
    return name_task(config.task, config.classes)


def rows(changes: Mapping[str, Change], config: TrainingConfig) -> list[dict[str, str]]:
    """Rows of a table: what each network knows of both tasks, before and after."""
    old, new = name_old_task(config), name_new_task(config)
    return [
        {
            "Network": title_ways(config)[way],
            f"Old task, {old}: before": percent(change.old_before),
            f"{old}: after": percent(change.old_after),
            f"New task, {new}: before": percent(change.new_before),
            f"{new}: after": percent(change.new_after),
        }
        for way, change in changes.items()
    ]


def table_alt(changes: Mapping[str, Change], config: TrainingConfig) -> str:
    """Text alternative of the table."""
    return " ".join(
        f"{title_ways(config)[way]}: {name_old_task(config)} from {percent(change.old_before)} to "
        f"{percent(change.old_after)}, {name_new_task(config)} from {percent(change.new_before)} to "
        f"{percent(change.new_after)}."
        for way, change in changes.items()
    )


def lost(change: Change) -> str:
    """Say what the tuned network has lost of its old task, as far as luck lets anyone say it."""
    begin = (
        f"Of the old task’s test pictures, **{change.forgotten:,}** turned from right to wrong, and "
        f"{change.won:,} from wrong to right"
    )
    if _is_lopsided(change.forgotten, change.won):
        forgot = change.forgotten > change.won
        effect = "has cost some of what it knew" if forgot else "has even helped"
        return f"{begin}: in this run, tuning {effect}."
    return f"{begin}: **within luck**, it may have forgotten nothing."


def lost_over_draws(losses: Sequence[int], tested: int) -> str:
    """Say what tuning has cost over several draws of examples, as far as luck lets anyone say it.

    Args:
        losses: pictures that turned from right to wrong, less those that turned the other way; one a draw.
        tested: pictures of the old task.
    """
    shares = [-loss / tested for loss in losses]
    worse, better = sum(loss > 0 for loss in losses), sum(loss < 0 for loss in losses)
    begin = f"**{len(losses)} draws of examples**"
    extent = f"the old task’s accuracy moves by {_points(min(shares))} to {_points(max(shares))} points"
    if len(losses) in (worse, better):
        chance = write_chance(Fraction(2, 2 ** len(losses)))
        return f"{begin}: {extent}. It {'falls' if worse else 'rises'} in all of them. {chance}"
    return f"{begin}: {extent}. It falls in {worse} of them: **within luck**."


def _is_lopsided(one: int, other: int) -> bool:
    """True if a fair coin would hardly ever fall so often on one side."""
    return abs(one - other) > BEYOND_LUCK * (one + other) ** 0.5


def explain_frozen(change: Change) -> str:
    """Say why the frozen twin has lost nothing, if that is so."""
    if len(change.equal) < len(BELOW):
        return ""
    return (
        f"The frozen twin keeps {percent(change.old_after)}, exactly: only its head has learned. All weights "
        "below it are the same as before, bit for bit, so the old head gets the very same numbers."
    )


def shifted(found: Shifted, shift: str) -> str:
    """Say who is ahead on shifted pictures, as far as luck lets anyone say it."""
    lead = found.only_tuned - found.only_frozen
    clear = _is_lopsided(found.only_tuned, found.only_frozen)
    before = found.plain[0] - found.plain[1]
    as_they_are = f"fine-tuned {percent(found.plain[0])}, frozen {percent(found.plain[1])}"
    now = f"{SHIFTS[shift][0]}: fine-tuned {percent(found.shifted[0])}, frozen {percent(found.shifted[1])}."
    if not clear:
        verdict = "With that, the two are **within luck** of each other"
    else:
        verdict = f"With that, **{'fine-tuned' if lead > 0 else 'frozen'} is ahead**"
    if clear and lead < 0 < before:
        verdict += ", though it was behind before"
    return (
        f"On the pictures as they are: {as_they_are}. {now} {verdict}: of {found.tested:,} pictures, "
        f"only the fine-tuned network gets {found.only_tuned:,} right, "
        f"and only the frozen one {found.only_frozen:,}."
    )


def over_draws(found: Sequence[Shifted], shift: str) -> str:
    """Say who is ahead over several draws of examples, as far as luck lets anyone say it.

    Args:
        found: one a draw, two draws at least.
    """
    leads = [each.shifted[0] - each.shifted[1] for each in found]
    plain = sum(each.plain[0] - each.plain[1] for each in found) / len(found)
    wins, losses = sum(lead > 0 for lead in leads), sum(lead < 0 for lead in leads)
    moved = (
        f"On average, its lead goes from {_points(plain)} points on the pictures as they are to "
        f"{_points(sum(leads) / len(leads))}."
    )
    begin = f"**{len(found)} draws of examples**, {SHIFTS[shift][0].lower()}"
    extent = f"by {_points(min(leads))} to {_points(max(leads))} points"
    if len(found) in (wins, losses):
        chance = write_chance(Fraction(2, 2 ** len(found)))
        ahead = "ahead" if wins else "behind"
        return f"{begin}: fine-tuned is {ahead} in all of them, {extent}. {chance} {moved}"
    return f"{begin}: fine-tuned is ahead in {wins} of them, {extent}: **within luck**. {moved}"


def _points(share: float) -> str:
    return number(100 * share, "+.1f")


def shifted_alt(shift: str, labels: Sequence[str]) -> str:
    """Text alternative of a few shifted pictures."""
    return f"Test pictures, {SHIFTS[shift][0].lower()}: {', '.join(labels)}."


def bars_alt(name: str, values: Mapping[str, Mapping[str, float]]) -> str:
    """Text alternative of bars by layer, of each network by its title."""
    said = [
        f"{title}: " + ", ".join(f"{BELOW[layer]} {number(value, '.2f')}" for layer, value in each.items())
        for title, each in values.items()
    ]
    return f"{name}. {'. '.join(said)}."


def curve_alt(steps: list[int], old: list[float], new: list[float]) -> str:
    """Text alternative of the curve over the steps."""
    return (
        f"From step {steps[0]} to {steps[-1]}: old task from {percent(old[0])} to {percent(old[-1])}, "
        f"new task from {percent(new[0])} to {percent(new[-1])}."
    )


def describe_run(config: TrainingConfig) -> str:
    """Say what a run has learned from what."""
    count = f", {counted(config.per_class, 'example')} of each class" if config.per_class else ""
    return f"{name_old_task(config)} → {name_new_task(config)}{count}, draw {config.draw}"
