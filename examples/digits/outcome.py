"""What training gives back, whichever module trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable

# A function of the caller's, JavaScript here: the epoch from 1, its loss, and the share of unseen
# digits that are read right after it.
OnEpoch = Callable[[int, float, float], object]


@dataclass
class Outcome:
    """The digits that were held back, and what became of them.

    The arrays are NumPy's, or memoryviews where there is only the standard library. Both have
    `tolist()`, and both stay in Python until it is called.
    """

    trained_on: int
    images: Any  # one row of 64 pixels per digit, 0 to 16
    truth: Any
    predictions: Any
    confusion: Any  # [truth][prediction]
