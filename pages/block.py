"""The lab of the transformer block: the residual stream, the order of words, writing."""

from dlviz.ui import lesson
from dlviz.ui.labs.block import lab
from dlviz.ui.labs.block.state import LAB

lesson.opening(LAB)
lab.lab()
