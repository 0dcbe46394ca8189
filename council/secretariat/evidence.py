"""The evidence pack of a meeting: one zip with everything that proves what was notified, who came, what was said, counted and resolved.

Ballots are counts only. Every file stands with its SHA-256 in `hashes.txt`, which `sha256sum -c` understands; the journal's entries carry
the digests that the tamper-evident log commits to.
"""

from __future__ import annotations

import json
import zipfile
from hashlib import sha256
from io import BytesIO
from typing import Any

from council.neighbourhood.journal import Entry, note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Person
from council.proceedings.invitations import Invitation
from council.proceedings.meetings import Meeting
from council.secretariat.minutes import Minutes

MADE = (1980, 1, 1, 0, 0, 0)  # the same pack twice is the same file


async def pack(minutes: Minutes, papers: dict[str, bytes], *, by: Person) -> bytes:
    """The zip. `papers` are printed files by name (notice, sign-in sheet, minutes)."""
    meeting = await Meeting.get(id=minutes.meeting_id)
    async with writing():
        await must(by, "minutes.pack", minutes)
        await note("minutes.packed", minutes, by, meeting_id=meeting.id, version=minutes.version)
    files = dict(papers) | {f"{name}.json": _json(value) for name, value in (await _records(meeting, minutes)).items()}
    files["hashes.txt"] = "".join(f"{sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items())).encode()
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, data in sorted(files.items()):
            bundle.writestr(zipfile.ZipInfo(name, MADE), data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, default=str).encode()


async def _records(meeting: Meeting, minutes: Minutes) -> dict[str, Any]:
    facts, topics = minutes.facts, minutes.facts["topics"]
    return {
        "notice": {key: facts[key] for key in ("title", "kind", "rule_id", "place", "venue", "starts_at", "notice", "discussed")}
        | {"told": await _told(meeting)},
        "attendance": {key: facts[key] for key in ("listed", "needed", "present", "absent", "observers", "supervisors")},
        "agenda": [{key: one[key] for key in ("id", "title", "words", "notified", "stage", "outcome", "matter")} for one in topics],
        "speeches": [{"topic": one["title"], "speeches": one["speeches"]} for one in topics],
        "proposals": [{"topic": one["title"], "proposals": one["proposals"]} for one in topics],
        "ballots": [{"topic": one["title"], "votes": one["votes"]} for one in topics],
        "resolutions": [{"topic": one["title"], "resolutions": one["resolutions"]} for one in topics],
        "minutes": {"version": minutes.version, "stage": minutes.stage, "written": minutes.written, "earlier": minutes.earlier},
        "journal": [_entry(one) for one in await Entry.filter(meeting_id=meeting.id).order_by("sequence", "id")],
    }  # fmt: skip


async def _told(meeting: Meeting) -> list[dict[str, Any]]:
    rows = await Invitation.filter(meeting_id=meeting.id).order_by("id")
    return [{"name": one.label, "capacity": one.capacity, "told_at": one.told_at, "reply": one.reply, "substitute": one.substitute} for one in rows]


def _entry(one: Entry) -> dict[str, Any]:
    return {"position": one.position, "leaf": one.leaf, "canonical": one.canonical().decode()}
