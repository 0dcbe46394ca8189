"""Answering a consultation: one answer of each voter, changeable until the end, the same lock for phone, paper and doorstep.

The unique constraint on (consultation, voter) makes one of many, and the consultation's row stays locked while an answer goes in, so that
the end comes wholly before or wholly after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from council import clock
from council.db import sql
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor, Person
from council.proceedings.asking import Asked, place_of, within
from council.proceedings.consultations import Consultation
from council.proceedings.contributions import STANCES, Contribution, Remark
from council.proceedings.wordings import newest
from council.refusals import Conflict, Forbidden, Refusal
from council.rules.numbering import personal_code
from council.rules.privacy import redact

LONGEST = 2000  # signs


@dataclass(frozen=True)
class Said:
    """An answer as it was typed or told: words by part ("" for the whole), choices by part. `nonce` marks one sheet of an open consultation."""

    words: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    child: bool = False
    nonce: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an answer. `news`: taken, changed, or already (one stood, this one changed nothing)."""

    news: str
    contribution_id: int
    receipt: str
    at: datetime


async def may_answer(consultation: Consultation, by: Actor) -> bool:
    return consultation.running() and (consultation.electorate == "everyone" or await place_of(consultation, by) is not None)


async def answer(consultation: Consultation, said: Said, *, by: Actor) -> Answer:
    """Answer for oneself or one's household. Where an answer stands already it stays, and the news says so."""
    place = await place_of(consultation, by)
    if place is None and consultation.electorate != "everyone":
        raise Forbidden("This consultation asks other people. Use the personal link or the code on your slip.")
    return await _take(consultation, _voter(place, said, by), said, by, place)


def _voter(place: Asked | None, said: Said, by: Actor) -> str:
    if place is not None:
        return place.voter
    if isinstance(by, Person):
        return f"person:{by.id}"
    if not 8 <= len(said.nonce) <= 30:
        raise Refusal("The request could not be read. Please go back and try again.")
    return f"sheet:{said.nonce}"


async def enter(consultation: Consultation, place: Asked | None, said: Said, *, by: Person, channel: str, witness: str = "") -> Answer:
    """A paper or what somebody said at the door, entered by an officer. An answer that stands already wins: Conflict."""
    await must(by, "consultation.enter_paper", consultation)
    if channel not in ("paper", "door"):
        raise Refusal("Choose one of the answers shown.", field="channel")
    if channel == "door" and not witness.strip():
        raise Refusal("Name the witness who was there.", field="witness")
    if place is None and consultation.electorate != "everyone":
        raise Refusal("Choose whose answer it is.", field="asked")
    if place is not None and not await within([place], by):
        raise Forbidden("This home is not within your reach.")
    voter = place.voter if place else f"sheet:{said.nonce}"
    made = await _take(consultation, voter, said, by, place, channel, witness.strip()[:50])
    if made.news == "already":
        raise Conflict("An answer stands here already, since %(hour)s. The paper was not entered.", hour=f"{clock.local(made.at):%H:%M}")
    return made


async def _take(
    consultation: Consultation, voter: str, said: Said, by: Actor, place: Asked | None, channel: str = "web", witness: str = ""
) -> Answer:
    check(consultation, said)
    now, receipt = clock.now(), personal_code()
    minor = said.child or (place is not None and place.minor)
    person = by.id if channel == "web" else int(voter.partition(":")[2]) if voter.startswith("person:") else None
    async with writing():
        await running(consultation)
        made = await sql(
            "INSERT INTO contribution (consultation_id, voter, choices, minor, channel, entered_by_id, person_id, witness, version, receipt, "
            "made_at, changed_at) VALUES (?, ?, '{}', ?, ?, ?, ?, ?, 1, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id",
            consultation.id, voter, minor, channel, by.id, person, witness, receipt, now, now,
        )  # fmt: skip
        stands = await Contribution.get(consultation_id=consultation.id, voter=voter)
        if not made:
            return Answer("already", stands.id, stands.receipt, stands.made_at)
        await sql("UPDATE consultation SET answered = answered + 1, minors = minors + ? WHERE id = ?", int(minor), consultation.id)
        await _keep(consultation, stands, said)
        await consultation.note("consultation.answer_given", by, voter=voter, channel=channel)
    return Answer("taken", stands.id, receipt, now)


async def running(consultation: Consultation) -> None:
    """Refused once it is over; its row is locked from here to the end of the transaction."""
    await sql("UPDATE consultation SET asked = asked WHERE id = ?", consultation.id)
    await consultation.refresh_from_db()
    if not consultation.running():
        raise Conflict("This consultation is closed. Nothing more is taken.")


async def change(contribution: Contribution, said: Said, *, by: Actor, after: int) -> None:
    """Answer otherwise while it is open. `after`: the version that was seen; what was said before is kept as taken back."""
    consultation = await Consultation.get(id=contribution.consultation_id)
    check(consultation, said)
    async with writing():
        await must(by, "contribution.change", contribution)
        await running(consultation)
        found = Contribution.filter(id=contribution.id, version=after)
        if not await found.update(version=after + 1, changed_at=clock.now()):
            raise Conflict("This answer has been changed in between, by you elsewhere or by your household. Please look at it first.")
        await contribution.refresh_from_db()
        await _keep(consultation, contribution, said)
        await consultation.note("consultation.answer_changed", by, voter=contribution.voter, version=contribution.version)


def check(consultation: Consultation, said: Said) -> None:
    """Something was said, not more than there is room for, and only what was offered was chosen."""
    if any(len(words) > LONGEST for words in said.words.values()):
        raise Refusal("At most %(n)s signs.", n=LONGEST, field="words")
    if not any(words.strip() for words in said.words.values()) and not said.choices and consultation.form != "statements":
        raise Refusal("Write what you think.", field="words")
    keys = {one["key"] for one in consultation.parts}
    ranks = [choice for choice in said.choices.values() if choice.isdigit()]
    offered = set(STANCES) if consultation.form == "options" else {str(n) for n in range(1, len(keys) + 1)}
    if not said.choices.keys() <= keys or not set(said.choices.values()) <= offered:
        raise Refusal("Choose one of the answers shown.", field="words")
    if consultation.form == "wishes" and len(set(ranks)) < len(ranks):
        raise Refusal("Give each place in the order only once.", field="words")


async def _keep(consultation: Consultation, contribution: Contribution, said: Said) -> None:
    """Choices and words as they are now; a remark that reads as before stays what it is."""
    contribution.choices = dict(said.choices)
    await contribution.save(update_fields=["choices"])
    version = await newest(consultation)
    now = clock.now()
    wanted = {part: await masked(consultation, words) for part, words in said.words.items() if words.strip()}
    for one in await Remark.filter(contribution_id=contribution.id, withdrawn_at=None):
        if wanted.get(one.part) == one.words:
            del wanted[one.part]
        else:
            await Remark.filter(id=one.id).update(withdrawn_at=now)
    for part, words in wanted.items():
        made = await Remark.create(
            consultation_id=consultation.id, contribution_id=contribution.id, part=part, version=version, words=words,
            minor=contribution.minor, made_at=now,
        )  # fmt: skip
        await note("remark.made", made, None, consultation=consultation.id, texts={"words": words})


NAMED = (
    "SELECT DISTINCT p.name AS name FROM person p JOIN place l ON l.id = p.place_id "
    "WHERE l.path LIKE ? AND LENGTH(p.name) > 2 AND ? LIKE '%' || p.name || '%'"
)


async def masked(consultation: Consultation, words: str) -> str:
    """What is kept of a text: no card number, no telephone, and nobody of the place by full name (names of two signs are too often words)."""
    top = "/".join(consultation.path.split("/")[:2]) + "/"
    named = await sql(NAMED, f"{top}%", words)
    return redact(words.strip(), [row["name"] for row in named])
