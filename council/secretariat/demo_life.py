"""What goes on in the demonstration neighbourhood: matters on their way, a meeting called, an agreement being signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from council.secretariat.demo import Demo


async def plant(demo: Demo) -> None:
    """Everything that moves, after the standing records."""
