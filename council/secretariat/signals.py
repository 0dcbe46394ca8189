"""Signals: what an act changes on the pages of a running meeting, and how it is said to a browser."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

COMMON = ("now", "presence", "agenda", "speakers")
PERSONAL = ("mine", "ballot", "proposals", "desk")

# What an act changes: common parts for everybody, personal parts for everybody.
EVERYBODY: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "meeting": (COMMON, ("mine", "ballot", "proposals", "desk")),
    "item": (COMMON, ("mine", "ballot", "proposals", "desk")),
    "seat": (("presence",), ("desk",)),
    "seat.back": (("presence",), ("desk", "mine")),
    "speaker": (("speakers",), ("desk",)),
    "point": (("speakers",), ("desk",)),
    "opinion": ((), ("proposals",)),
    "proposal": ((), ("proposals", "desk")),
    "amendment": ((), ("proposals", "desk")),
    "resolution": (("now",), ("desk",)),
    "ballot.turnout": (("now",), ("desk",)),
    "ballot.voted": (("now",), ("desk",)),
    "ballot.vote_changed": ((), ()),
    "ballot.paper_conflict": ((), ()),
    "ballot.voted_already": ((), ()),
    "ballot": (COMMON, ("mine", "ballot", "proposals", "desk")),
}
COMMON_OF = {"room": COMMON, "wall": ("now", "presence", "speakers")}
PERSONAL_OF = {"room": frozenset({"mine", "ballot", "proposals"}), "desk": frozenset({"desk", "ballot", "proposals"})}
QUIET = ("meeting.slips_issued", "meeting.invited", "meeting.uninvited", "invitation")


class Audience(NamedTuple):
    """Who gets the same bytes: the kind of page (room, wall, desk) and the language."""

    page: str
    language: str


@lru_cache(maxsize=32)
def audience(page: str, language: str) -> Audience:
    """The one audience of this page in this language: thousands share it."""
    return Audience(page if page in ("room", "wall", "desk") else "room", language)


def touched(act: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Common and personal parts that an act changes for everybody."""
    if act in QUIET or act.partition(".")[0] in QUIET:
        return (), ()
    return EVERYBODY.get(act) or EVERYBODY.get(act.partition(".")[0]) or ((), ())


def message(data: str, *, event: str = "", number: int = 0) -> bytes:
    """One server-sent event."""
    head = (f"event: {event}\n" if event else "") + (f"id: {number}\n" if number else "")
    return (head + "".join(f"data: {line}\n" for line in data.split("\n")) + "\n").encode()


def partial(part: str, html: str) -> str:
    """A part addressed to its place on the page."""
    return f'<hx-partial hx-target="#{part}" hx-swap="innerMorph">{html}</hx-partial>'


@cache
def staleness(part: str) -> bytes:
    """The event that says: what you see of this part is stale."""
    return message(part, event=part)


def personal_of(audience: Audience) -> frozenset[str]:
    return PERSONAL_OF.get(audience.page, frozenset())


def common_of(audience: Audience) -> tuple[str, ...]:
    """The parts that a kind of page shows and gets pushed; the desk asks for all of itself instead."""
    return COMMON_OF.get(audience.page, ())
