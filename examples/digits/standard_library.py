"""Reads handwritten digits with nothing but Python's standard library."""

from __future__ import annotations

import csv
import gzip
import random
from array import array
from itertools import chain
from math import ceil, exp, log
from operator import mul
from pathlib import Path
from typing import List, Sequence, Tuple

from canvas import Canvas, Color
from outcome import OnEpoch, Outcome

TITLE = "the standard library"
EPOCHS = 10
DATA = Path(__file__).parent / "data" / "digits.csv.gz"

Example = Tuple[List[int], int]  # 64 pixels, 0 to 16, and the digit that they show


def train(epochs: int, on_epoch: OnEpoch) -> Outcome:
    """Train a linear classifier on three quarters of the digits, and test it on the others."""
    chance = random.Random(0)
    examples = _load()
    chance.shuffle(examples)
    held_back = ceil(len(examples) / 4)
    unseen, known = examples[:held_back], examples[held_back:]

    reader = Reader()
    for epoch in range(1, epochs + 1):
        chance.shuffle(known)
        rate = 0.3 / epoch
        loss = sum(reader.learn(image, digit, rate) for image, digit in known) / len(known)
        right = sum(reader.read(image) == digit for image, digit in unseen)
        on_epoch(epoch, loss, right / len(unseen))

    truth = [digit for _, digit in unseen]
    predictions = [reader.read(image) for image, _ in unseen]
    confusion = [[0] * 10 for _ in range(10)]
    for written, read in zip(truth, predictions):
        confusion[written][read] += 1
    return Outcome(
        trained_on=len(known),
        images=_table([image for image, _ in unseen]),
        truth=memoryview(array("H", truth)),
        predictions=memoryview(array("H", predictions)),
        confusion=_table(confusion),
    )


class Reader:
    """Softmax regression: ten rows of weights, one per digit, moved a little by every example."""

    def __init__(self) -> None:
        self.weights = [[0.0] * 65 for _ in range(10)]

    def read(self, image: Sequence[int]) -> int:
        """The digit that the image shows most probably."""
        probabilities = self._probabilities(_features(image))
        return probabilities.index(max(probabilities))

    def learn(self, image: Sequence[int], digit: int, rate: float) -> float:
        """Move the weights towards the right answer; return how wrong they were (log loss)."""
        features = _features(image)
        probabilities = self._probabilities(features)
        for candidate, probability in enumerate(probabilities):
            step = rate * ((candidate == digit) - probability)
            if abs(step) > 1e-4:  # most candidates are ruled out already, and would not move
                row = self.weights[candidate]
                self.weights[candidate] = [w + step * x for w, x in zip(row, features)]
        return -log(max(probabilities[digit], 1e-12))

    def _probabilities(self, features: Sequence[float]) -> list[float]:
        scores = [sum(map(mul, row, features)) for row in self.weights]
        highest = max(scores)
        powers = [exp(score - highest) for score in scores]
        total = sum(powers)
        return [power / total for power in powers]


def draw(outcome: Outcome, path: str) -> None:
    """Write a PNG: the confusion matrix, and the first digits that were misread."""
    canvas = Canvas(1320, 726)
    _draw_matrix(canvas, outcome.confusion.tolist())
    canvas.text(1075, 30, "misread", scale=3, align="center")
    pairs = zip(outcome.truth.tolist(), outcome.predictions.tolist(), outcome.images.tolist())
    misread = [(truth, read, image) for truth, read, image in pairs if truth != read]
    for place, (truth, read, image) in enumerate(misread[:9]):
        left, top = 860 + place % 3 * 152, 80 + place // 3 * 204
        canvas.text(left + 64, top, f"{truth} read as {read}", scale=2, align="center")
        for pixel, ink in enumerate(image):
            shade = 255 - ink * 15
            x, y = left + pixel % 8 * 16, top + 24 + pixel // 8 * 16
            canvas.fill(x, y, 16, 16, (shade, shade, shade))
    Path(path).write_bytes(canvas.png())


def _draw_matrix(canvas: Canvas, counts: list[list[int]]) -> None:
    cell, left, top = 58, 150, 76
    total = sum(map(sum, counts))
    right = sum(counts[digit][digit] for digit in range(10))
    middle = left + 5 * cell
    headline = f"{right / total:.1%} of {total} handwritten digits read right"
    canvas.text(middle, 30, headline, scale=3, align="center")
    canvas.text(middle, top + 10 * cell + 34, "read as", scale=2, align="center")
    canvas.text(left - 34, top + 5 * cell - 7, "written", scale=2, align="right")
    wrong = [n for i, row in enumerate(counts) for j, n in enumerate(row) if i != j]
    for row in range(10):
        canvas.text(left - 14, top + row * cell + 22, str(row), scale=2, align="right")
        for column, count in enumerate(counts[row]):
            x, y = left + column * cell, top + row * cell
            if row == column:
                color, ink = _shade(count / max(map(max, counts)), (33, 89, 156)), (255, 255, 255)
            else:
                color, ink = _shade(count / max(*wrong, 4), (242, 133, 38)), (0, 0, 0)
            canvas.fill(x, y, cell - 3, cell - 3, color)
            if count > 0:
                canvas.text(x + 28, y + 21, str(count), scale=2, color=ink, align="center")
    for column in range(10):
        x = left + column * cell + 28
        canvas.text(x, top + 10 * cell + 8, str(column), scale=2, align="center")


def _shade(strength: float, full: Color) -> Color:
    red, green, blue = (round(240 + (part - 240) * strength) for part in full)
    return red, green, blue


def _load() -> list[Example]:
    with gzip.open(DATA, "rt", encoding="ascii", newline="") as lines:
        rows = [[int(number) for number in row] for row in csv.reader(lines)]
    return [(row[:64], row[64]) for row in rows]


def _features(image: Sequence[int]) -> list[float]:
    return [ink / 16 for ink in image] + [1.0]


def _table(rows: list[list[int]]) -> memoryview:
    """An array of two dimensions: memoryview is the one that the standard library has."""
    flat = memoryview(array("H", chain.from_iterable(rows)))
    return flat.cast("B").cast("H", (len(rows), len(rows[0])))
