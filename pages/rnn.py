"""The lab of recurrent networks: a sequence read step by step by an RNN and an LSTM, gate by gate."""

from dlviz.ui import lesson
from dlviz.ui.rnn import lab
from dlviz.ui.rnn.state import LAB

lesson.opening(LAB)
lab.lab()
