"""Search: overlapping pairs of characters, so that two-character words are found on both databases."""

from __future__ import annotations

import re
import unicodedata

from tortoise import connections, fields
from tortoise.models import Model

from council.db import sql
from council.neighbourhood.journal import Entry, writing
from council.neighbourhood.people import Actor
from council.proceedings.matters import Matter
from council.proceedings.sight import Where, wholly

RUN = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003ffff]+|[^\W_㐀-鿿豈-﫿\U00020000-\U0003ffff]+")
WORDS, SIGNS = 8, 60  # as much of a question as is looked for


class SearchEntry(Model):
    """What can be found. `grams` is the text as overlapping bigrams, indexed by FTS5 on SQLite and tsvector('simple') on PostgreSQL.

    A matter has up to two entries: "Matter" with all its words, found only by those who may read them, and "PublicMatter" with the
    de-identified ones: nobody learns by searching that a hidden name stands somewhere.
    """

    id = fields.IntField(primary_key=True)
    subject = fields.CharField(32)
    subject_id = fields.IntField()
    path = fields.CharField(120)
    public = fields.BooleanField(default=False)
    grams = fields.TextField()

    class Meta:
        table = "search_entry"
        unique_together = (("subject", "subject_id"),)


def _runs(text: str) -> list[str]:
    return RUN.findall(unicodedata.normalize("NFKC", text).lower())


def _chinese(run: str) -> bool:
    return ord(run[0]) >= 0x3400


def grams(text: str) -> str:
    """停车位 → "停车 车位 位": every pair, and the last sign, so that a single one can be looked for by its beginning."""
    out: list[str] = []
    for run in _runs(text):
        out += [run[n : n + 2] for n in range(len(run))] if _chinese(run) else [run]
    return " ".join(out)


def _phrases(question: str) -> list[tuple[list[str], bool]]:
    """Each word of a question as a row of grams; and whether the last of them may be only a beginning."""
    found = []
    for word in question[:SIGNS].split()[:WORDS]:
        runs = _runs(word)
        pairs = [[run[n : n + 2] for n in range(max(1, len(run) - 1))] if _chinese(run) else [run] for run in runs]
        if runs:
            found.append(([gram for row in pairs for gram in row], not _chinese(runs[-1]) or len(runs[-1]) == 1))
    return found


def _matching(subject: str, question: str) -> Where:
    """The ids of a subject's records that hold every word of the question."""
    if connections.get("default").capabilities.dialect == "postgres":
        asked = " & ".join("(" + " <-> ".join(row) + (":*" if open_end else "") + ")" for row, open_end in _phrases(question))
        condition = "to_tsvector('simple', e.grams) @@ to_tsquery('simple', ?)"
    else:
        asked = " AND ".join('"' + " ".join(row) + '"' + ("*" if open_end else "") for row, open_end in _phrases(question))
        condition = "e.id IN (SELECT rowid FROM search_text WHERE search_text MATCH ?)"
    return Where(f"SELECT e.subject_id FROM search_entry e WHERE e.subject = ? AND {condition}", (subject, asked))  # noqa: S608


async def matters(question: str, by: Actor) -> Where | None:
    """A selection of the ids of matters that hold every word; None when the question holds no word."""
    if not _phrases(question):
        return None
    public, every, mine = _matching("PublicMatter", question), _matching("Matter", question), await wholly(by)
    return Where(
        f"{public.sql} UNION SELECT m.id FROM matter m WHERE {mine.sql} AND m.id IN ({every.sql})",  # noqa: S608
        (*public.values, *mine.values, *every.values),
    )


async def hear(entry: Entry) -> None:
    """A matter has changed: what can be found changes with it."""
    if entry.subject == "Matter":
        await enter(await Matter.get(id=entry.subject_id))


async def enter(matter: Matter) -> None:
    """Write down anew what of a matter can be found, and by whom."""
    async with writing():
        await _put("Matter", matter, f"{matter.title} {matter.text} {matter.spot} {matter.answer} {matter.reporter_name}")
        if matter.public:
            await _put("PublicMatter", matter, f"{matter.title} {matter.public_text}")
        else:
            await SearchEntry.filter(subject="PublicMatter", subject_id=matter.id).delete()


async def _put(subject: str, matter: Matter, text: str) -> None:
    known = await SearchEntry.get_or_none(subject=subject, subject_id=matter.id) or SearchEntry(subject=subject, subject_id=matter.id)
    known.path, known.public, known.grams = matter.path, subject == "PublicMatter", grams(text)
    await known.save()


async def catch_up() -> int:
    """Enter the matters that were written while nobody listened; how many there were."""
    rows = await sql("SELECT m.id FROM matter m WHERE m.id NOT IN (SELECT subject_id FROM search_entry WHERE subject = 'Matter') LIMIT 100000")
    for row in rows:
        await enter(await Matter.get(id=row["id"]))
    return len(rows)
