"""Penguins: what pandas and matplotlib do for penguins.mjs."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import pandas as pd
import pyarrow as pa

mpl.use("Agg")  # writes files, and needs no screen


def read(path: str) -> pd.DataFrame:
    """The penguins that were measured whole."""
    return pd.read_csv(path).dropna(ignore_index=True)


def by_species(penguins: pd.DataFrame) -> pd.DataFrame:
    """How many there are of a species and a sex, and their means."""
    groups = penguins.groupby(["species", "sex"], as_index=False)
    return groups.agg(
        count=("year", "size"),
        mass=("body_mass_g", "mean"),
        flipper=("flipper_length_mm", "mean"),
    )


def draw(table: Any, index: memoryview, path: str) -> None:
    """A chart of a table of JavaScript's, and of numbers that JavaScript has computed."""
    import matplotlib.pyplot as plt

    penguins = pa.table(table).to_pandas()
    penguins["index"] = index  # a Float64Array of JavaScript's
    figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    for species, group in penguins.groupby("species", observed=True):
        axes.scatter(group["flipper_length_mm"], group["index"], s=14, alpha=0.7, label=species)
    axes.set_xlabel("flipper length (mm)")
    axes.set_ylabel("body mass / flipper length² (kg/m²)")
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path)
    plt.close(figure)
