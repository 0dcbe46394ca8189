"""Gates: what the meeting that is a gate of a chain has counted itself, so that nobody types it a second time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from council import clock
from council.i18n import Phrase, day
from council.neighbourhood.people import Person
from council.proceedings import chains
from council.proceedings.ballots import Ballot
from council.proceedings.chains import Chain, Step
from council.proceedings.electorates import meeting_figures, should_attend
from council.proceedings.meetings import Meeting
from council.proceedings.roll import Seat
from council.refusals import Refusal
from council.rules.chains import Figures, Gate, rule_of


@dataclass(frozen=True, slots=True)
class Held:
    """A meeting that may be the gate, with its roll; `ballot` is the vote that carried it. Without one, `figures.yes` is 0: it is given by hand."""

    meeting: Meeting
    figures: Figures
    ballot: Ballot | None = None

    @property
    def key(self) -> str:
        """What the form sends back: "12", or "12:7" with its vote."""
        return f"{self.meeting.id}:{self.ballot.id}" if self.ballot else str(self.meeting.id)

    @property
    def day(self) -> date:
        return clock.local(self.meeting.opened_at or self.meeting.starts_at).date()

    @property
    def words(self) -> Phrase:
        about = {"day": day(self.day), "title": self.meeting.title, "entitled": self.figures.entitled, "present": self.figures.present}
        if self.ballot is None:
            return Phrase("%(day)s %(title)s: entitled %(entitled)s, present %(present)s", **about)
        return Phrase("%(day)s %(title)s: entitled %(entitled)s, present %(present)s, in favour %(yes)s. Voted: %(question)s",
                      yes=self.figures.yes, question=self.ballot.question[:60], **about)  # fmt: skip


async def held_for(chain: Chain, step: Gate) -> list[Held]:
    """The meetings that may have been this gate, the newest first, each with every vote of it that was carried."""
    rule = rule_of(step, chain.rule_id)
    fitting = [one for one in await chains.meetings_for(chain, step) if step.rule != "RESOLVING" or one.rule_id == rule]
    return [held for meeting in fitting for held in await _held(meeting)]


async def _held(meeting: Meeting) -> list[Held]:
    ballots = Ballot.filter(meeting_id=meeting.id, stage="declared", method="yes_no_abstain").prefetch_related("proposal").order_by("id")
    found = [Held(meeting, _counted(one), one) for one in await ballots if _tells(one)]
    return found or [Held(meeting, await _came(meeting))]


def _tells(ballot: Ballot) -> bool:
    """Was something carried that stands for itself, by figures that may be told?"""
    amendment = ballot.proposal is not None and ballot.proposal.amends_id is not None
    return bool(ballot.decision.get("carried")) and not ballot.hushed and not amendment


def _counted(ballot: Ballot) -> Figures:
    figures = ballot.figures
    entitled = should_attend(figures) or ballot.entitled
    return Figures(int(entitled), int(figures.get("present", ballot.present)), ballot.outcome().yes or 0)


async def _came(meeting: Meeting) -> Figures:
    """Those on the roll with a vote; where households vote, their households."""
    seats = await Seat.filter(meeting_id=meeting.id, invitation__capacity="MEMBER").prefetch_related("invitation")
    voices = [one.invitation for one in seats if one.invitation]
    homes = meeting.rule_id.endswith("_HH")
    present = len({one.household_id for one in voices if one.household_id} if homes else {one.id for one in voices})
    figures = await meeting_figures(meeting, meeting.rule_id, present)
    return Figures(should_attend(figures), present)


async def passed(chain: Chain, step: Gate, key: str, *, by: Person, body: str, document: str, yes: int = 0) -> Step:
    """Pass the next gate by a meeting of ours: its day and its figures are the meeting's. `yes` counts only where it held no vote."""
    held = next((one for one in await held_for(chain, step) if one.key == key), None)
    if held is None:
        raise Refusal("This is no meeting of that step, or it is not over yet.", field="meeting")
    figures = held.figures if held.ballot else Figures(held.figures.entitled, held.figures.present, yes)
    return await chains.passed(
        chain, step.code, by=by, body=body, day=held.day, document=document, figures=figures, meeting=held.meeting,
        ballot_id=held.ballot.id if held.ballot else None,
    )  # fmt: skip
