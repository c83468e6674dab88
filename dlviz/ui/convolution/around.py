"""What stands below the Convolution lab's picture: questions, and the code that ran."""

from dlviz.convolution import average_pool, convolve2d, max_pool, output_size, relu, slide
from dlviz.scripts import convolution_script
from dlviz.ui import lesson
from dlviz.ui.convolution.questions import questions
from dlviz.ui.convolution.run import Run
from dlviz.ui.convolution.state import LAB


def around(run: Run) -> None:
    """The questions about this run, and its code; of a colour picture the script takes the red channel."""
    lesson.predict(LAB, lambda: questions(run))
    code = [convolve2d, slide, output_size, relu, max_pool, average_pool]
    lesson.code(LAB, code, lambda: script(run), "convolution.py")


def script(run: Run) -> str:
    """A script that computes the run's result again."""
    sliding = run.convolved.sliding
    return convolution_script(
        run.picture.pixels[0],
        run.convolved.kernel,
        sliding.padding,
        sliding.padding_mode,
        sliding.stride,
        sliding.dilation,
    )
