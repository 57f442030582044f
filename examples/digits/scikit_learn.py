"""Reads handwritten digits with scikit-learn, and draws the outcome with matplotlib."""

from __future__ import annotations

from typing import Any

import numpy as np
import sklearn
from matplotlib.figure import Figure
from outcome import OnEpoch, Outcome
from sklearn.datasets import load_digits
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

TITLE = f"scikit-learn {sklearn.__version__}"
EPOCHS = 30


def train(epochs: int, on_epoch: OnEpoch) -> Outcome:
    """Train a small neural network on three quarters of the digits, and test it on the others."""
    digits = load_digits()
    images, unseen, labels, truth = train_test_split(
        digits.data, digits.target, test_size=0.25, stratify=digits.target, random_state=0
    )
    network = MLPClassifier((64,), batch_size=32, learning_rate_init=0.003, random_state=0)
    for epoch in range(1, epochs + 1):
        with threadpool_limits(1):  # matrices this small lose time to more threads
            network.partial_fit(images / 16, labels, classes=range(10))
        on_epoch(epoch, float(network.loss_), float(network.score(unseen / 16, truth)))

    predictions = network.predict(unseen / 16)
    return Outcome(len(images), unseen, truth, predictions, confusion_matrix(truth, predictions))


def draw(outcome: Outcome, path: str) -> None:
    """Write a PNG: the confusion matrix, and the first digits that were misread."""
    # A Figure of its own, without pyplot, draws with Agg: it needs no screen and opens no window.
    figure = Figure(figsize=(12, 6.6), dpi=110, facecolor="white")
    figure.set_layout_engine("constrained", w_pad=0.1, h_pad=0.1)
    matrix, misread = figure.subfigures(1, 2, width_ratios=[1.55, 1])
    _draw_matrix(matrix.subplots(), outcome)
    misread.suptitle("misread", fontsize=13)
    wrong = np.flatnonzero(outcome.truth != outcome.predictions)
    for index, axes in enumerate(misread.subplots(3, 3).flat):
        axes.axis("off")
        if index < len(wrong):
            digit = wrong[index]
            axes.imshow(outcome.images[digit].reshape(8, 8), cmap="gray_r")
            axes.set_title(f"{outcome.truth[digit]} read as {outcome.predictions[digit]}", size=10)
    figure.savefig(path)


def _draw_matrix(axes: Any, outcome: Outcome) -> None:
    counts = outcome.confusion
    axes.imshow(_shade(counts))
    for (row, column), count in np.ndenumerate(counts):
        if count > 0:
            color = "white" if row == column else "black"
            axes.text(column, row, count, color=color, ha="center", va="center")
    share = np.trace(counts) / counts.sum()
    axes.set_title(f"{share:.1%} of {counts.sum()} handwritten digits read right", fontsize=13)
    axes.set(xticks=range(10), yticks=range(10), xlabel="read as", ylabel="written")
    axes.set_xticks(np.arange(-0.5, 10), minor=True)
    axes.set_yticks(np.arange(-0.5, 10), minor=True)
    axes.grid(which="minor", color="white", linewidth=2)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)


def _shade(counts: Any) -> Any:
    """Colours: right in blue, wrong in orange, each the stronger the more there are."""
    right = np.eye(10, dtype=bool)
    most = np.where(right, counts.max(), max(counts[~right].max(), 4))
    strength = (counts / most)[..., np.newaxis]
    full = np.where(right[..., np.newaxis], (0.13, 0.35, 0.61), (0.95, 0.52, 0.15))
    empty = np.array((0.94, 0.95, 0.96))
    return empty + (full - empty) * strength
