"""The next run before it begins: its schedule, its pictures, its size, and how long it will take."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import streamlit as st

from dlviz.data import reviews
from dlviz.training.analysis.timing import Timing
from dlviz.training.config import Augmentation, TrainingConfig
from dlviz.training.options import GONE, PICTURES
from dlviz.ui.components.curves import schedule
from dlviz.ui.components.gallery import gallery
from dlviz.ui.labs.training.state import LAB
from dlviz.ui.labs.training.train import duration, my_data
from dlviz.ui.runs import sentences, vocabulary
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import number

# Sentences by their names in `dlviz.data.reviews`, two of them neutral.
EXAMPLES = ("film-2029", "tweet-726", "product-35_2", "product-149_2", "film-5165", "tweet-704")
LONGEST = 50_000  # steps whose rates are drawn
PREVIEWED = 6  # pictures
COUNTED = ("digits", "fashion", "cifar10", "text", "memory")  # tasks whose steps need not be tried out
TRIED = f"{LAB}.tried"


def show_plan(config: TrainingConfig | None) -> None:
    """Describe the run that a config makes; an invitation while there is none."""
    if config is None:
        st.info(
            "Nothing can be trained like this: one of the choices needs another value.",
            icon=":material/rule:",
        )
        return
    st.subheader("What will be trained", anchor=False)
    st.markdown(sentences.summary(config))
    if config.task in GONE:
        st.info(GONE[config.task], icon=":material/history:")
        return
    if size := _bytes_to_download(config):
        st.info(download_sentence(config, size), icon=":material/download:")
        return
    timing = duration.trial.ask(config, my_data.data(config.task))
    st.fragment(run_every=1.0 if timing is None else None, key=f"{LAB}.predicted")(_show_size)(config)
    if isinstance(timing, Timing):
        _show_schedule(config, timing.steps)
    elif config.task in COUNTED:
        _show_schedule(config, -(-config.samples // config.batch_size))
    if config.task in PICTURES:
        _show_pictures(config)
    elif config.task == "reviews":
        _show_reviews()


def _bytes_to_download(config: TrainingConfig) -> int:
    from dlviz.training.tasks import bytes_to_download

    return bytes_to_download(config)


def download_sentence(config: TrainingConfig, size: int) -> str:
    """Say what is fetched before the run begins.

    Args:
        size: in bytes.
    """
    return (
        f"{vocabulary.TASKS[config.task]}: these pictures are not on this machine yet. Train downloads them "
        f"first, once: {size / 1e6:,.0f} MB. After that the time that a run takes can be tried out too."
    )


def _show_size(config: TrainingConfig) -> None:
    """Parameters, steps and seconds, as soon as they have been tried out."""
    timing = duration.trial.ask(config, my_data.data(config.task))
    if isinstance(timing, str):
        st.info(plain(timing), icon=":material/info:")
        return
    with st.container(horizontal=True, gap="large"):
        st.metric("Parameters", f"{timing.parameters:,}" if timing else "…", width="content")
        st.metric("Steps", _count_steps(config, timing) if timing else "…", width="content")
        seconds = f"about {sentences.duration(timing.of(config))}" if timing else "trying out ten steps …"
        st.metric("Will take", seconds, width="content")
    if timing:
        st.caption(
            f"Tried out on this machine: ten steps, and a part of each epoch’s measurement. An epoch "
            f"takes about {sentences.duration(timing.seconds)}."
        )
        if not st.session_state.get(TRIED):
            st.session_state[TRIED] = True
            st.rerun(scope="app")
    else:
        st.session_state[TRIED] = False


def _count_steps(config: TrainingConfig, timing: Timing) -> str:
    """Steps of the run; about so many where a time budget may end it."""
    steps = timing.steps_of(config)
    return f"{steps:,}" if steps == config.epochs * timing.steps else f"about {steps:,}"


def _show_schedule(config: TrainingConfig, steps: int) -> None:
    """Draw the learning rates, and say what the curve cannot show.

    Args:
        steps: of an epoch.
    """
    if steps * config.epochs > LONGEST:
        st.caption("So many steps that the schedule’s curve is not drawn.")
        return
    from dlviz.training.schedules import remark

    rates = _rates(config, steps)
    if rates.min() < rates.max():
        schedule(f"{LAB}.schedule", rates)
    if sentence := remark(config, steps):
        st.info(sentence, icon=":material/horizontal_rule:")
    elif config.scheduler == "reduce-on-plateau":
        st.caption(
            "When it falls depends on the validation losses, so a plateau’s curve cannot be known before."
        )


@lru_cache(maxsize=32)
def _rates(config: TrainingConfig, steps: int) -> np.ndarray:
    """The learning rates (epochs × steps,) of the whole run."""
    from dlviz.training.schedules import curve

    return np.array(curve(config, steps))


def _show_pictures(config: TrainingConfig) -> None:
    """Six pictures, and what augmentation makes of them."""
    from dlviz.data.mnist import MissingData

    try:
        before, after, names = _preview(config)
    except MissingData:  # which the trial of the config has said already
        return
    if not names:
        return
    whose = "Your own." if config.task == "drawings" else "These six are test pictures."
    if not config.augmentation:
        st.markdown(f"**It learns from pictures like these**, unchanged. {whose}")
        gallery(f"{LAB}.before", before, names, f"Six pictures: {', '.join(names)}", side=72)
        return
    st.markdown(
        "**What happens to the pictures**: as they are, and as they are learned from, anew each time. "
        + whose
    )
    gallery(f"{LAB}.before", before, names, f"Six pictures as they are: {', '.join(names)}", side=72)
    gallery(f"{LAB}.after", after, [""] * len(after), "The same six, changed at random.", side=72)


def _show_reviews() -> None:
    """A few of the sentences with their ratings, among them neutral ones, which are not learned from."""
    st.markdown(
        "**It learns from sentences like these**, written by people and rated by about twenty others."
    )
    st.dataframe(preview_reviews(), hide_index=True)
    st.caption(
        f"Ratings go from −4 to +4. Within {reviews.NEUTRAL} of 0 a sentence is neutral: neither learned "
        "from nor measured."
    )


def preview_reviews() -> list[dict[str, str]]:
    """Rows of a table of a few sentences, their ratings, and what these make of them."""
    known = {each.name: each for each in reviews.reviews()}
    names = {None: "neutral: left out", 0: "negative", 1: "positive"}
    return [
        {
            "sentence": each.text,
            "about": reviews.KINDS[each.kind],
            "rating": number(each.rating, "+.2f"),
            "counts as": names[each.label],
        }
        for each in map(known.__getitem__, EXAMPLES)
    ]


def _preview(config: TrainingConfig) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Pictures (6, …) uint8 before and after augmentation, and the names of their classes.

    They are the newest of the learner's own, or test pictures.
    """
    if config.task != "drawings":
        return _preview_public(config.task, config.augmentation)
    mine = my_data.drawings()
    before = np.array(mine.pictures[-PREVIEWED:]).reshape(-1, 28, 28)
    return before, _augment(before, config.augmentation), mine.labels[-PREVIEWED:]


@lru_cache(maxsize=32)
def _preview_public(task: str, augmentation: Augmentation) -> tuple[np.ndarray, np.ndarray, list[str]]:
    from dlviz.data import cifar10, fashion, mnist

    split, names = {
        "fashion": (fashion.clothes, fashion.CLASSES),
        "cifar10": (cifar10.pictures, cifar10.CLASSES),
    }.get(task, (mnist.digits, tuple("0123456789")))
    images, labels = split("test")
    before = images[:PREVIEWED].numpy()
    return before, _augment(before, augmentation), [names[label] for label in labels[:PREVIEWED].tolist()]


def _augment(pictures: np.ndarray, augmentation: Augmentation) -> np.ndarray:
    """Pictures (n, …) uint8 changed at random."""
    import torch

    from dlviz.training.augmentation import preview

    if not len(pictures):
        return pictures
    pixels = torch.from_numpy(pictures).float() / 255
    changed = preview(pixels if pixels.dim() == 4 else pixels[:, None], augmentation)
    return (changed * 255).round().clamp(0, 255).byte().reshape(pictures.shape).numpy()
