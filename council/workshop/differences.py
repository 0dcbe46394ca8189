"""What changed between two texts, in runs a person can read: signs of Chinese one by one, other words whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

WORD = re.compile(r"[A-Za-z0-9_.,%-]+|\s+|.", re.DOTALL)
SHORT = 2  # a shorter run that stayed, between two changes, only makes the reading restless


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text. `kind`: same, out or in."""

    kind: str
    text: str


def differences(old: str, new: str) -> list[Run]:
    """The new text as runs, with what was taken out standing before what came in."""
    runs: list[Run] = []
    for kind, text in _joined(list(_steps(WORD.findall(old), WORD.findall(new)))):
        if runs and runs[-1].kind == kind:
            runs[-1] = Run(kind, runs[-1].text + text)
        elif text:
            runs.append(Run(kind, text))
    return runs


def _steps(old: list[str], new: list[str]) -> Iterator[tuple[str, str, str]]:
    """(same | changed, taken out, come in)"""
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield "same" if tag == "equal" else "changed", "".join(old[a:b]), "".join(new[c:d])


def _joined(steps: list[tuple[str, str, str]]) -> Iterator[tuple[str, str]]:
    """Changes that only a short common run keeps apart are read as one."""
    out = come = ""
    for place, (kind, old, new) in enumerate(steps):
        inside = 0 < place < len(steps) - 1 and len(old) < SHORT
        if kind == "same" and not inside:
            yield from (("out", out), ("in", come), ("same", old))
            out = come = ""
        else:
            out, come = out + old, come + new
    yield from (("out", out), ("in", come))
