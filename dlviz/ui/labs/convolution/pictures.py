"""Picture of the Convolution lab: the kernel's way over the picture, and all that follows from it."""

import contextlib

import numpy as np

from dlviz import kernels
from dlviz.ui.components import events
from dlviz.ui.components.stepper import stepper
from dlviz.ui.labs.convolution import captions, controls
from dlviz.ui.labs.convolution.forward import ForwardPass
from dlviz.ui.labs.convolution.state import CHANNELS, LAB, State, checked_pixel

STEPPER = f"{LAB}.stepper"


def take_clicks() -> None:
    """Put what the learner has done in the picture since the last run into the lab's state."""
    match events.news(STEPPER, "pixel"):
        case [*place, int()]:
            with contextlib.suppress(ValueError):
                LAB.update(pixel=checked_pixel(place))
    match events.news(STEPPER, "channel"):
        case [str(name), int()] if name in CHANNELS:
            LAB.update(channel=name)
    match events.news(STEPPER, "kernel"):
        case [*cells, int()]:
            controls.take_cells(cells)


def show_steps(passed: ForwardPass, state: State, stale: bool) -> State:
    """Draw the pass step by step; the state, with a pixel that the result has.

    Args:
        stale: it is not the result of what is chosen now, which has none.
    """
    place = selected_pixel(passed, state)
    if state.pixel is not None:
        state = LAB.update(pixel=place)
    header, arrays = message(passed, state, place, problem=controls.has_problem())
    stepper(
        STEPPER,
        {**header, "stale": stale, "heard": events.latest(STEPPER, "pixel", "channel", "kernel")},
        arrays,
    )
    return state


def selected_pixel(passed: ForwardPass, state: State) -> tuple[int, int]:
    """(row, column) of the output pixel looked at: the learner's if it is there, else the strongest."""
    _, rows, columns = passed.convolved.output.shape
    if state.pixel is not None:
        row, column = state.pixel
        return min(row, rows - 1), min(column, columns - 1)
    row, column = divmod(int(np.abs(passed.convolved.output[0]).argmax()), columns)
    return row, column


def message(
    passed: ForwardPass, state: State, place: tuple[int, int], problem: bool
) -> tuple[dict[str, object], dict[str, np.ndarray]]:
    """Message to the stepper: its header and its arrays, each (channel, height, width) but for the kernel.

    Args:
        problem: the learner's kernel was refused; its cells keep what was typed.
    """
    convolved, picture = passed.convolved, passed.picture
    rows, columns = convolved.left_out
    header = {
        "title": picture.title,
        "kernel_title": passed.kernel.title,
        "note": captions.marks(passed),
        "size": captions.output_size(passed),
        "channels": CHANNELS if len(picture.pixels) == len(CHANNELS) else [],
        "channel": CHANNELS.index(state.channel),
        "ink": picture.ink,
        "whole": picture.whole,
        "padding": convolved.sliding.padding,
        "stride": convolved.sliding.stride,
        "dilation": convolved.sliding.dilation,
        "left_out": {"rows": rows, "columns": columns},
        "selected": place,
        "cells": kernels.write(convolved.kernel),
        "problem": problem,
        "panels": captions.following_pictures(passed),
        "alt": captions.text_alternatives(passed),
    }
    results = {
        "padded": convolved.padded,
        "output": convolved.output,
        "relu": passed.relu,
        "max_pool": passed.max_pool,
        "average_pool": passed.average_pool,
    }
    # In single precision to be read off, in half precision if it is only looked at.
    precision = np.float16 if picture.whole else np.float32
    return header, {
        "kernel": convolved.kernel,
        **{name: values.astype(precision) for name, values in results.items()},
    }
