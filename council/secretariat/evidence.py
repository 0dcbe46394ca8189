"""The evidence pack of a meeting: one zip with everything that proves what was notified, who came, what was said, counted and resolved.

Ballots are counts only. Every file stands with its SHA-256 in `hashes.txt`, which `sha256sum -c` understands; the journal's entries carry
the digests that the tamper-evident log commits to.
"""

from __future__ import annotations

import asyncio
import json
import zipfile
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from council.neighbourhood.journal import Entry, note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Person
from council.proceedings import photos
from council.proceedings.documents import Document
from council.proceedings.invitations import Invitation
from council.proceedings.meetings import Meeting
from council.proceedings.paperrecords import PaperRecord
from council.secretariat import approvals, remonstrances
from council.secretariat.minutes import Minutes

MADE = (1980, 1, 1, 0, 0, 0)  # the same pack twice is the same file


async def pack(minutes: Minutes, papers: dict[str, bytes], *, by: Person) -> bytes:
    """The zip. `papers` are printed files by name (notice, sign-in sheet, minutes); beside them documents on the table, scans of a paper meeting."""
    meeting = await Meeting.get(id=minutes.meeting_id)
    async with writing():
        await must(by, "minutes.pack", minutes)
        await note("minutes.packed", minutes, by, meeting_id=meeting.id, version=minutes.version)
    records = {f"{name}.json": _json(value) for name, value in (await _records(meeting, minutes)).items()}
    files = papers | await _annexes(meeting) | await _scans(meeting) | records
    files["hashes.txt"] = "".join(f"{sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items())).encode()
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, data in sorted(files.items()):
            bundle.writestr(zipfile.ZipInfo(name, MADE), data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


async def _annexes(meeting: Meeting) -> dict[str, bytes]:
    """The documents beside the topics, numbered by the agenda."""
    return {f"annex-{one.item.order}-{one.id}.pdf": await _read(one.path) for one in await Document.of_meeting(meeting)}


async def _scans(meeting: Meeting) -> dict[str, bytes]:
    """The signed papers of a meeting held without a line, once a second person has confirmed what was entered."""
    record = await PaperRecord.of(meeting)
    if record is None or record.confirmed_at is None:
        return {}
    found = {f"scan-{n}.webp": await _read(one.path) for n, one in enumerate(await photos.of("PaperRecord", record.id), 1)}
    return found | ({"scan.pdf": await _read(record.path)} if record.scan else {})


async def _read(path: Path) -> bytes:
    return await asyncio.to_thread(path.read_bytes)


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
        "minutes": {"version": minutes.version, "stage": minutes.stage, "written": minutes.written, "earlier": minutes.earlier,
                    "seal": minutes.seal, "approvals": [_approval(one) for one in await approvals.given(minutes)],
                    "objections": [_objection(one) for one in await remonstrances.of(minutes)]},
        "journal": [_entry(one) for one in await Entry.filter(meeting_id=meeting.id).order_by("sequence", "id")],
    }  # fmt: skip


def _approval(one: approvals.Approval) -> dict[str, Any]:
    return {"role": one.role, "name": one.name, "at": one.at, "on_paper": one.entered_by.name if one.entered_by else ""}


def _objection(one: remonstrances.Remonstrance) -> dict[str, Any]:
    return {"name": one.invitation.label, "at": one.at, "version": one.version, "text": one.text, "answer": one.answer}


async def _told(meeting: Meeting) -> list[dict[str, Any]]:
    rows = await Invitation.filter(meeting_id=meeting.id).order_by("id")
    return [{"name": one.label, "capacity": one.capacity, "told_at": one.told_at, "reply": one.reply, "substitute": one.substitute} for one in rows]


def _entry(one: Entry) -> dict[str, Any]:
    return {"position": one.position, "leaf": one.leaf, "canonical": one.canonical().decode()}
