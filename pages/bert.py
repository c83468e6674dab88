"""The lab of BERT: every layer and head of a pre-trained encoder on the learner's own text."""

from dlviz.ui import lesson
from dlviz.ui.labs.bert import lab
from dlviz.ui.labs.bert.state import LAB

lesson.opening(LAB)
lab.lab()
