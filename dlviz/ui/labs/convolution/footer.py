"""What stands below the Convolution lab's picture: questions, and the code that ran."""

from dlviz.convolution import average_pool, convolve2d, max_pool, output_size, relu, slide
from dlviz.scripts.labs import convolution_script
from dlviz.ui import lesson
from dlviz.ui.labs.convolution.forward import Run
from dlviz.ui.labs.convolution.questions import questions
from dlviz.ui.labs.convolution.state import CHANNELS, LAB, get


def around(run: Run) -> None:
    """The questions about this run, and its code; the script takes the channel that is looked at."""
    lesson.predict(LAB, lambda: questions(run))
    code = [convolve2d, slide, output_size, relu, max_pool, average_pool]
    lesson.code(LAB, code, lambda: script(run, get("channel")), "convolution.py")


def script(run: Run, channel: str) -> str:
    """A script that computes the run's result again; of a colour picture's, that of this channel."""
    sliding, pixels = run.convolved.sliding, run.picture.pixels
    coloured = len(pixels) == len(CHANNELS)
    heading = f"# Of the picture's three channels this is the {channel} one.\n" if coloured else ""
    return heading + convolution_script(
        pixels[CHANNELS.index(channel) if coloured else 0],
        run.convolved.kernel,
        sliding.padding,
        sliding.padding_mode,
        sliding.stride,
        sliding.dilation,
    )
