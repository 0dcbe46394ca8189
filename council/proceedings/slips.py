"""Slips: the personal code and the personal link of an invited person, made to be printed and kept as digests only."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from hmac import compare_digest

from council.db import sql
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Person
from council.neighbourhood.sealed import lookup
from council.proceedings.invitations import Invitation, link_digest
from council.proceedings.meetings import Meeting
from council.refusals import Refusal
from council.rules.numbering import PERSONAL_LENGTH, personal_code, read_code

HANDLE, TRIES = 3, 5


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed for one invited person, and kept by nobody else: the code and the token of the link."""

    invitation: Invitation
    code: str
    token: str


async def issue(meeting: Meeting, *, by: Person, only: Iterable[int] = ()) -> list[Slip]:
    """Make new codes and links, for those named by id or for everybody; what was issued before no longer opens anything."""
    wanted = set(only)
    async with writing():
        await must(by, "meeting.issue_slips", meeting)
        invited = await Invitation.all_of(meeting)
        taken = {i.code_handle for i in invited if wanted and i.id not in wanted}
        slips = [_slip(i, taken) for i in invited if not wanted or i.id in wanted]
        if not slips:
            raise Refusal("Nobody is on the list that would be asked.")
        await Invitation.bulk_update(
            [slip.invitation for slip in slips], ["code_handle", "code_digest", "link_digest", "code_tries", "code_used_at"]
        )
        await note("meeting.slips_issued", meeting, by, meeting_id=meeting.id, count=len(slips))
    return slips


def _slip(invitation: Invitation, taken: set[str]) -> Slip:
    code = personal_code()
    while code[:HANDLE] in taken:
        code = personal_code()
    taken.add(code[:HANDLE])
    token = secrets.token_urlsafe(18)
    invitation.code_handle, invitation.code_digest = code[:HANDLE], _code(invitation.meeting_id, code)
    invitation.link_digest, invitation.code_tries, invitation.code_used_at = link_digest(token), 0, None
    return Slip(invitation, code, token)


def _code(meeting_id: int, code: str) -> str:
    return lookup(f"{meeting_id}:{code}", "personal code")


async def by_code(meeting: Meeting, typed: str) -> Invitation:
    """The invitation a typed code opens, once. A wrong try is written down before it is refused; the fifth closes the code."""
    code = read_code(typed, PERSONAL_LENGTH)
    found = await Invitation.get_or_none(meeting_id=meeting.id, code_handle=code[:HANDLE]).prefetch_related("household")
    if found is None:
        raise _wrong()
    async with writing():
        counted = await sql(
            "UPDATE invitation SET code_tries = code_tries + 1 WHERE id = ? AND code_tries < ? AND code_used_at IS NULL RETURNING id",
            found.id, TRIES,
        )  # fmt: skip
    if not counted:
        raise Refusal("This code no longer opens the room. Please ask at the desk.", status=409, field="code")
    if not compare_digest(found.code_digest, _code(meeting.id, code)):
        raise _wrong()
    return found


def _wrong() -> Refusal:
    return Refusal("This code does not belong to this meeting. Please look at the slip again.", field="code")
