"""How often a run is looked at again: the more learners watch, the more seldom each of them."""

import threading
import time

FEW, MANY = 15, 30  # learners
FAST, SLOW = 1.0, 2.0  # seconds
FORGOTTEN = 3 * SLOW  # seconds after which one who has not looked is gone

_looked: dict[str, float] = {}
_lock = threading.Lock()


def every(learner: str) -> float:
    """Seconds until this learner's next look, which is counted with all that watch any run now."""
    with _lock:
        now = time.monotonic()
        _looked[learner] = now
        for other in [each for each, when in _looked.items() if now - when > FORGOTTEN]:
            del _looked[other]
        share = (len(_looked) - FEW) / (MANY - FEW)
    return FAST + (SLOW - FAST) * min(max(share, 0.0), 1.0)
