"""Words of a sentence, a network's vocabulary, and 240 positive and negative sentences written by hand.

Those are for the test alone; `dlviz.data.reviews` has sentences to learn from. Pure Python, without torch.
"""

from dlviz.data.sentiment.corpus import hand_written
from dlviz.data.sentiment.tokens import fallen_away, tokenise
from dlviz.data.sentiment.vocabulary import PADDING, UNKNOWN, Vocabulary

__all__ = ["PADDING", "UNKNOWN", "Vocabulary", "fallen_away", "hand_written", "tokenise"]
