"""Penguins: what Python's DuckDB does for penguins.mjs."""

from __future__ import annotations

from typing import Any

import duckdb


def heaviest_of(species: Any) -> Any:
    """The heaviest species of a table of JavaScript's, which no SQL has seen before."""
    return duckdb.sql("select species, mass from species order by mass desc limit 1")


def by_island(path: str) -> Any:
    """A relation: nothing is computed until somebody asks for its rows."""
    return duckdb.sql(
        f"select island, count(*)::int as penguins from read_csv('{path}', nullstr='NA')"
        " group by island order by island"
    )
