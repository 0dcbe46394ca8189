"""The id of a field is its name. Where several forms of a page ask for the same, each further one gets its own: a label names one field only."""

from __future__ import annotations

from collections import Counter
from contextvars import ContextVar

_given: ContextVar[Counter[str] | None] = ContextVar("given", default=None)


def anew() -> None:
    """A page begins."""
    _given.set(Counter())


def own(name: str) -> str:
    """The id of the next field of this name: "words", then "words--2"."""
    if (given := _given.get()) is None:
        return name
    given[name] += 1
    return name if given[name] == 1 else f"{name}--{given[name]}"
