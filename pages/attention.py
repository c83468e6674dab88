"""The lab of self-attention: every step from tokens to output, in numbers."""

from dlviz.ui import lesson
from dlviz.ui.attention import lab
from dlviz.ui.attention.state import LAB

lesson.opening(LAB)
lab.lab()
