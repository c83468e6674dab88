"""The lab of text classification: a sentence through a bidirectional LSTM, and what each word did."""

from dlviz.ui import lesson
from dlviz.ui.text import lab
from dlviz.ui.text.state import LAB

lesson.opening(LAB)
lab.lab()
