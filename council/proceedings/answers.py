"""Answering a consultation: one answer of each voter, changeable until the end, the same lock for phone, paper and doorstep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from council import clock
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor, Person
from council.proceedings.answerbox import BOX, Answer, Sheet, locked
from council.proceedings.asking import Asked, place_of, within
from council.proceedings.consultations import Consultation
from council.proceedings.contributions import STANCES, TELL, Contribution
from council.refusals import Conflict, Forbidden, Refusal

LONGEST = 2000  # signs


@dataclass(frozen=True)
class Said:
    """An answer as it was typed or told: words by part ("" for the whole), choices by part. `nonce` marks one sheet of an open consultation.

    `tell` is the way this voter wants to hear what became of it. `spoken`: the words follow in a recording.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    child: bool = False
    nonce: str = ""
    tell: str = ""
    spoken: bool = False


async def may_answer(consultation: Consultation, by: Actor) -> bool:
    return consultation.running() and (consultation.electorate == "everyone" or await place_of(consultation, by) is not None)


async def answer(consultation: Consultation, said: Said, *, by: Actor) -> Answer:
    """Answer for oneself or one's household. Where an answer stands already it stays, and the news says so."""
    place = await place_of(consultation, by)
    if place is None and consultation.electorate != "everyone":
        raise Forbidden("This consultation asks other people. Use the personal link or the code on your slip.")
    return await BOX.drop(_sheet(consultation, _voter(place, said, by), said, by, place))


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
    sheet = _sheet(consultation, place.voter if place else f"sheet:{said.nonce}", said, by, place)
    sheet.channel, sheet.witness = channel, witness.strip()[:50]
    sheet.person_id = int(sheet.voter.partition(":")[2]) if sheet.voter.startswith("person:") else None
    made = await BOX.drop(sheet)
    if made.news == "already":
        raise Conflict("An answer stands here already, since %(hour)s. The paper was not entered.", hour=f"{clock.local(made.at):%H:%M}")
    return made


async def change(contribution: Contribution, said: Said, *, by: Actor, after: int) -> None:
    """Answer otherwise while it is open. `after`: the version that was seen; what was said before is kept as taken back."""
    consultation = await Consultation.get(id=contribution.consultation_id)
    await must(by, "contribution.change", contribution)
    sheet = _sheet(consultation, contribution.voter, said, by, None)
    sheet.after, sheet.channel, sheet.tell = after, contribution.channel, sheet.tell or contribution.tell
    await BOX.drop(sheet)


def _sheet(consultation: Consultation, voter: str, said: Said, by: Actor, place: Asked | None) -> Sheet:
    check(consultation, said)
    words = {part: words for part, words in said.words.items() if words.strip()}
    minor = said.child or (place is not None and place.minor)
    return Sheet(consultation.id, voter, by, words, dict(said.choices), minor, person_id=by.id, tell=said.tell)


async def running(consultation: Consultation) -> None:
    """Refused once it is over; its row is locked from here to the end of the transaction."""
    if not (await locked(consultation.id)).running():
        raise Conflict("This consultation is closed. Nothing more is taken.")


def check(consultation: Consultation, said: Said) -> None:
    """Something was said, not more than there is room for, and only what was offered was chosen."""
    if any(len(words) > LONGEST for words in said.words.values()):
        raise Refusal("At most %(n)s signs.", n=LONGEST, field="words")
    empty = not any(words.strip() for words in said.words.values()) and not said.choices
    if empty and not said.spoken and consultation.form != "statements":
        raise Refusal("Write what you think.", field="words")
    if said.tell and said.tell not in TELL:
        raise Refusal("Choose one of the answers shown.", field="tell")
    _chosen(consultation, said)


def _chosen(consultation: Consultation, said: Said) -> None:
    keys = {one["key"] for one in consultation.parts}
    ranks = [choice for choice in said.choices.values() if choice.isdigit()]
    offered = set(STANCES) if consultation.form == "options" else {str(n) for n in range(1, len(keys) + 1)}
    if not said.choices.keys() <= keys or not set(said.choices.values()) <= offered:
        raise Refusal("Choose one of the answers shown.", field="words")
    if consultation.form == "wishes" and len(set(ranks)) < len(ranks):
        raise Refusal("Give each place in the order only once.", field="words")
