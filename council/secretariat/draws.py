"""Whoever is drawn by lot hears of it, and says on the page of the draw whether they take part."""

from __future__ import annotations

from council.i18n import Phrase
from council.neighbourhood.journal import Entry, writing
from council.proceedings.draws import Draw, Drawable
from council.secretariat import inbox


async def hear(entry: Entry) -> None:
    """A listener of the journal: those the seed chose, and whoever comes in for somebody who declined."""
    if entry.act == "draw.thrown":
        numbers = entry.numbers["chosen"]
    elif entry.act == "draw.declined" and entry.numbers["follower"]:
        numbers = [entry.numbers["follower"]]
    else:
        return
    draw = await Draw.get(id=entry.subject_id)
    chosen = await Drawable.filter(draw_id=draw.id, number__in=numbers)
    phrase = Phrase("You were drawn by lot: “%(title)s”. Please say whether you take part.", title=draw.title)
    async with writing():
        await inbox.tell_all(sorted(one.person_id for one in chosen), phrase, link=f"/draws/{draw.id}", subject=draw)
