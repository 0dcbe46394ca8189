"""From an HTML page to a PDF file: made in a worker process, within limits, without any outside address.

The file is declared PDF/A-2u and tagged. An element with an id `sig-…` is an empty box for a signature:
its place comes back in points, ready for `pades.prepare_fields`.
"""

from __future__ import annotations

from dataclasses import dataclass

from council.i18n import Phrase
from council.workshop import workers
from council.workshop.faults import Fault

SECONDS = 20.0
LARGEST = 2_000_000  # characters of HTML

# Page counted from 0; left, bottom, right, top in points from the bottom left of the page.
Box = tuple[int, float, float, float, float]


class PaperFault(Fault):
    """A paper that cannot be made: too long, too large, or a character no typeface has."""


@dataclass(frozen=True)
class Rendered:
    """A finished file, the boxes of its `sig-…` elements by id, and how many pages it has."""

    pdf: bytes
    boxes: dict[str, Box]
    pages: int


def _too_large() -> PaperFault:
    return PaperFault(Phrase("This paper is too large to print. Make it shorter or split it."), status=413)


async def render(html: str, seconds: float = SECONDS) -> Rendered:
    """Print a page with its own print styles. `PaperFault` says in words why it cannot be printed."""
    if len(html) > LARGEST:
        raise _too_large()
    try:
        made: Rendered = await workers.workers.run("council.workshop.press:printed", html, seconds=seconds)
    except workers.TooLong as late:
        raise PaperFault(Phrase("This paper takes too long to print. Make it shorter."), status=503) from late
    except (workers.Died, MemoryError, RecursionError) as broken:
        raise _too_large() from broken
    except ArithmeticError as broken:
        raise PaperFault(Phrase("This paper holds measures that cannot be printed.")) from broken
    return made


async def shutdown() -> None:
    """Stop the worker processes."""
    await workers.workers.shutdown()
    await workers.patient.shutdown()
