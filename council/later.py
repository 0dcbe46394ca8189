"""Libraries that few pages need, loaded when something of one is first asked for: loading them all took a sixth of each start."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Later:
    """Stands for a library until then. A type checker is told of the library itself."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, what: str) -> Any:
        found = getattr(import_module(self._name), what)
        setattr(self, what, found)  # the next time it is simply here
        return found
