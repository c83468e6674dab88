"""The stepper: a run drawn in the browser, where the window walks without asking the server."""

import contextlib

import numpy as np
import streamlit as st

from dlviz import kernels
from dlviz.convolution import output_size_formula
from dlviz.ui import reports
from dlviz.ui.components import load_component
from dlviz.ui.convolution import controls
from dlviz.ui.convolution.run import Run
from dlviz.ui.convolution.state import CHANNELS, LAB, PADDINGS, checked_pixel, get, put
from dlviz.ui.payload import pack

KEY = f"{LAB}.stepper"

_component = load_component("stepper", "bar")


def take() -> None:
    """Put what the learner has done in the stepper since the last run into the lab's state."""
    match reports.news(KEY, "pixel"):
        case [*place, int()]:
            with contextlib.suppress(ValueError):
                put("pixel", checked_pixel(place))
    match reports.news(KEY, "channel"):
        case [str(name), int()] if name in CHANNELS:
            put("channel", name)
    match reports.news(KEY, "kernel"):
        case [*cells, int()]:
            controls.edit(cells)


def stepper(run: Run) -> None:
    """Draw the run. What the learner does there comes with the next run: a pixel, or a kernel."""
    row, column = selected(run)
    if get("pixel") is not None:
        put("pixel", (row, column))
    data = message(run, (row, column), st.session_state.get(controls.PROBLEM) is not None)
    _component(
        key=KEY,
        data=data,
        on_pixel_change=reports.heard,
        on_channel_change=reports.heard,
        on_kernel_change=reports.heard,
    )


def selected(run: Run) -> tuple[int, int]:
    """The output pixel that is looked at: the learner's if it is there, else the strongest."""
    _, rows, columns = run.convolved.output.shape
    if get("pixel") is not None:
        row, column = get("pixel")
        return min(row, rows - 1), min(column, columns - 1)
    row, column = divmod(int(np.abs(run.convolved.output[0]).argmax()), columns)
    return row, column


def message(run: Run, place: tuple[int, int], problem: bool) -> bytes:
    """The bytes of a run: in single precision to be read off, in half precision if it is only looked at."""
    convolved = run.convolved
    rows, columns = convolved.left_out
    header = {
        "title": run.picture.title,
        "kernel_title": run.kernel.title,
        "note": note(run),
        "size": size(run),
        "channels": CHANNELS if len(run.picture.pixels) == len(CHANNELS) else [],
        "channel": CHANNELS.index(get("channel")),
        "ink": run.picture.ink,
        "whole": run.picture.whole,
        "padding": convolved.sliding.padding,
        "stride": convolved.sliding.stride,
        "dilation": convolved.sliding.dilation,
        "left_out": {"rows": rows, "columns": columns},
        "selected": place,
        "cells": kernels.write(convolved.kernel),
        "problem": problem,
        "panels": panels(run),
        "alt": alternatives(run),
    }
    pictures = {
        "padded": convolved.padded,
        "output": convolved.output,
        "relu": run.relu,
        "max_pool": run.max_pool,
        "average_pool": run.average_pool,
    }
    precision = np.float16 if run.picture.whole else np.float32
    arrays = {name: values.astype(precision) for name, values in pictures.items()}
    return pack(header, {"kernel": convolved.kernel, **arrays})


def note(run: Run) -> str:
    """What the marks on the picture mean, as far as there are any."""
    sliding = run.convolved.sliding
    rows, columns = run.convolved.left_out
    parts = []
    if sliding.padding:
        parts.append(f"hatched: padding, {PADDINGS[sliding.padding_mode].lower()}")
    if rows or columns:
        counted = [_counted(len(rows), "row"), _counted(len(columns), "column")]
        parts.append(f"grey: {' and '.join(filter(None, counted))} that no window reads")
    return "; ".join(parts)


def size(run: Run) -> str:
    """How large the result is: the formula in words, then with the numbers of each side."""
    sliding, kernel = run.convolved.sliding, run.convolved.kernel
    sides = zip(run.picture.pixels.shape[1:], kernel.shape, strict=True)
    height, width = (
        output_size_formula(pixels, taps, sliding.padding, sliding.stride, sliding.dilation)
        for pixels, taps in sides
    )
    filled = [f"height = width = {height}"] if height == width else [f"height = {height}", f"width = {width}"]
    return "\n".join(["⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1", *filled])


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'s' if count > 1 else ''}" if count else ""


def panels(run: Run) -> dict[str, dict[str, str]]:
    """Title, text and text alternative of the pictures that follow the result."""
    zeros = f"{np.mean(run.relu == 0):.0%} of it is 0"
    light = "0 is paper, 1 is ink" if run.picture.ink else "0 is black, 1 is white"
    pooled = "of every 2×2 of the ReLU" if run.max_pool.size else "too small for a 2×2 window"
    texts = {
        "picture": ("Seen as a picture", light),
        "relu": ("ReLU", zeros),
        "max_pool": ("Max pooling", f"the largest {pooled}" if run.max_pool.size else pooled),
        "average_pool": ("Average pooling", f"the mean {pooled}" if run.max_pool.size else pooled),
    }
    return {
        name: {"title": title, "text": text, "alt": f"{title} of the result: {text}."}
        for name, (title, text) in texts.items()
    }


def alternatives(run: Run) -> dict[str, str]:
    """What the picture and the result show now, in words."""
    _, height, width = run.picture.pixels.shape
    output = run.convolved.output
    source = f"{run.picture.title}, {height}×{width} pixels"
    return {
        "source": f"{source}. {note(run)}".strip(),
        "result": (
            f"Result of {run.kernel.title} on {source}: {output.shape[1]}×{output.shape[2]}, "
            f"from {output.min():.3g} to {output.max():.3g}."
        ),
    }
