"""What happened to a matter and what comes next, in words: newest first, for those who follow it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from council.i18n import Phrase
from council.neighbourhood.journal import Entry, history
from council.proceedings.agenda import AgendaItem
from council.proceedings.evaluations import SCORES, Evaluation
from council.proceedings.matters import Matter
from council.proceedings.meetings import Meeting
from council.proceedings.referrals import BODIES, Referral
from council.proceedings.resolutions import Resolution
from council.proceedings.tasks import KINDS, Task
from council.proceedings.triage import UPWARD, Decision, Transfer
from council.proceedings.withdrawals import REASONS, Withdrawal
from council.rules.affairs import Affair
from council.rules.privacy import redact

PAST: dict[str, Phrase] = {
    "matter.reported": Phrase("Received"),
    "matter.confirmed": Phrase("Confirmed as: %(affair)s"),
    "matter.corrected": Phrase("Corrected to: %(affair)s"),
    "matter.doubted": Phrase("The reporter asked to look at the sorting again"),
    "matter.listed": Phrase("Put on the agenda: %(meeting)s"),
    "matter.unlisted": Phrase("Taken off the agenda, to be listed again"),
    "matter.deliberated": Phrase("Discussed: %(meeting)s"),
    "matter.resolved": Phrase("Decided: resolution %(number)s"),
    "matter.settled": Phrase("Settled"),
    "matter.answered": Phrase("Answered"),
    "matter.assigned": Phrase("Task given: %(responsible)s"),
    "matter.done": Phrase("The work is done"),
    "matter.escalated": Phrase("Raised to the level above for support"),
    "matter.sent_back": Phrase("Sent back"),
    "matter.linked": Phrase("Linked with an earlier matter"),
    "matter.rated": Phrase("Rated: %(score)s"),
    "matter.reopened": Phrase("Taken up again"),
    "matter.closed": Phrase("The matter was closed"),
    "matter.handed_over": Phrase("Handed over: %(body)s"),
    "matter.taken_back": Phrase("Taken back from: %(body)s"),
    "matter.withdrawn": Phrase("The reporter took it back: %(reason)s"),
}
ANSWERS = ("matter.settled", "matter.answered")
LEFT = ("matter.handed_over", "matter.withdrawn")
NOW: dict[str, Phrase] = {
    "reported": Phrase("Now: waiting for the community to confirm who handles it"),
    "confirmed": Phrase("Now: being prepared"),
    "confirmed_OFFICIAL": Phrase("Now: waiting for the street to take it up"),
    "confirmed_COLLABORATIVE": Phrase("Now: waiting for a place on the agenda of the community review council"),
    "confirmed_HOUSEHOLD": Phrase("Now: the grid worker is arranging a talk"),
    "listed": Phrase("Now: waiting for the meeting “%(meeting)s”"),
    "deliberated": Phrase("Now: the meeting has discussed it, the next step is being arranged"),
    "assigned": Phrase("Now: %(responsible)s is working on it"),
    "settled": Phrase("Now: settled, waiting for your rating"),
    "answered": Phrase("Now: answered, waiting for your rating"),
    "done": Phrase("Now: done, waiting for your rating"),
    "closed": Phrase("Now: closed"),
    "handed_over": Phrase("Now: with %(body)s, which decides for itself"),
    "withdrawn": Phrase("Now: taken back by the reporter, nothing more is done"),
}


@dataclass(frozen=True)
class Step:
    """One line of the timeline. `state`: next, now or past."""

    word: Phrase
    when: datetime | date | None = None
    text: str = ""
    state: str = "past"


@dataclass
class Story:
    """The records that the journal's ids point to, each kind in the order in which it happened."""

    decisions: list[Decision]
    transfers: list[Transfer]
    tasks: dict[int, Task]
    meetings: dict[int, Meeting]
    ratings: list[Evaluation]
    resolutions: dict[int, Resolution]
    referrals: dict[int, Referral]
    withdrawal: Withdrawal | None
    last_words: int


async def timeline(matter: Matter, names: tuple[str, ...] = ()) -> list[Step]:
    """What is expected, where it stands, and what happened, newest first. Texts are redacted: no numbers, and not these `names`."""
    return await _told(matter, await history(matter), names)


async def public_timeline(matter: Matter) -> list[Step]:
    """The same for everybody: without the reporter's name, and without what happened while it was a household matter."""
    entries = await history(matter)
    private = [n for n, entry in enumerate(entries, 1) if entry.numbers.get("affair") == Affair.HOUSEHOLD]
    return await _told(matter, entries, (matter.reporter_name,), max(private, default=0))


async def _told(matter: Matter, entries: list[Entry], names: tuple[str, ...], first: int = 0) -> list[Step]:
    left = any(entry.act in LEFT for entry in entries)
    story = await _story(matter, max((entry.id for entry in entries if entry.act in ANSWERS), default=0), left)
    # Every entry is read, also one that is not told: each takes its words from the record that was written with it.
    past = [_past(entry, matter, story, names) for entry in entries][first:]
    return [*_next(matter), _now(matter, story), *reversed([step for step in past if step])]


async def _story(matter: Matter, last_words: int, left: bool) -> Story:
    """`left`: it was handed over or taken back at some time, which is rare."""
    tasks = await Task.filter(matter_id=matter.id).prefetch_related("unit", "person").order_by("id")
    items = await AgendaItem.filter(matter_id=matter.id).values_list("meeting_id", flat=True)
    meetings = await Meeting.filter(id__in=list(items)) if items else []
    return Story(
        await Decision.filter(matter_id=matter.id).order_by("id"), await Transfer.filter(matter_id=matter.id).order_by("id"),
        {task.id: task for task in tasks}, {one.id: one for one in meetings}, await Evaluation.filter(matter_id=matter.id).order_by("id"),
        {one.id: one for one in await Resolution.filter(matter_id=matter.id)},
        {one.id: one for one in await Referral.filter(matter_id=matter.id).order_by("id")} if left else {},
        await Withdrawal.get_or_none(matter_id=matter.id) if left else None, last_words,
    )  # fmt: skip


def _past(entry: Entry, matter: Matter, story: Story, names: tuple[str, ...]) -> Step | None:
    phrase = PAST.get(entry.act)
    if phrase is None:
        return None
    values, text = _about(entry, matter, story)
    return Step(Phrase(phrase.message, **values), entry.at, redact(text, names))


def _about(entry: Entry, matter: Matter, story: Story) -> tuple[dict[str, Any], str]:
    """The values of the sentence and the words of the record behind an entry."""
    numbers, act = entry.numbers, entry.act.removeprefix("matter.")
    if act in ("confirmed", "corrected"):
        return {"affair": Affair(numbers["affair"]).label}, _taken(story.decisions)
    if act in ("listed", "deliberated"):
        meeting = story.meetings.get(numbers["meeting"])
        return {"meeting": _called(meeting)}, ""
    if act == "assigned":
        task = story.tasks[numbers["task"]]
        return {"responsible": responsible(task)}, f"{KINDS[task.kind]}：{task.words}"
    if act in ("escalated", "sent_back"):
        words = _taken(story.transfers)
        return {}, f"{UPWARD[numbers['ground']]}。{words}" if numbers["ground"] in UPWARD else words
    if act == "rated":
        return {"score": SCORES[numbers["score"]]}, ""
    if act == "resolved":
        return _resolved(story.resolutions[numbers["resolution"]])
    if act in ("handed_over", "taken_back"):
        referral = story.referrals[numbers["referral"]]
        return {"body": named(referral)}, referral.words if act == "handed_over" else referral.returned
    if act == "withdrawn":
        return {"reason": REASONS[numbers["reason"]]}, story.withdrawal.words if story.withdrawal else ""
    if act == "done":
        return {}, story.tasks[numbers["task"]].proof
    # The matter keeps its newest answer only: an earlier one, before it was taken up again, is not told in other words.
    return {}, matter.answer if entry.id == story.last_words else ""


def _resolved(resolution: Resolution) -> tuple[dict[str, Any], str]:
    """The text carried, and what it is worth where the owners must still vote."""
    owners = Phrase("Advice only: the owners must vote (Civil Code art. 278).") if resolution.needs_owners else ""
    return {"number": resolution.number}, "" if resolution.private else f"{resolution.text}{owners}"


def _called(meeting: Meeting | None) -> Phrase | str:
    """A closed meeting is named by its kind: its title may tell between whom it is."""
    return "" if meeting is None else meeting.row.name if meeting.private else meeting.title


def named(referral: Referral) -> str:
    """The body by its name, with its kind where the name does not say it."""
    kind = str(BODIES[referral.to][0])
    return f"{referral.name}（{kind}）" if referral.to in ("POLICE", "COURT") else referral.name


def _taken(records: list[Any]) -> str:
    """The words of the next record of a kind: entries and records were written in the same order."""
    if not records:
        return ""
    record = records.pop(0)
    return str(record.reason if isinstance(record, Decision) else record.words)


def responsible(task: Task) -> str:
    """Who answers for a task: the unit, else the person."""
    return str(task.unit.name) if task.unit else str(task.person.name) if task.person else ""


def _now(matter: Matter, story: Story) -> Step:
    phrase = NOW.get(f"{matter.stage}_{matter.affair}") or NOW[matter.stage]
    meeting = max(story.meetings.values(), key=lambda one: one.starts_at, default=None)
    working = [task for task in story.tasks.values() if task.stage in ("assigned", "done")]
    values: dict[str, Any] = {"meeting": _called(meeting), "responsible": "、".join(dict.fromkeys(map(responsible, working)))}
    values["body"] = next((named(one) for one in reversed(story.referrals.values()) if one.ended_at is None), "")
    when = meeting.starts_at if meeting and matter.stage == "listed" else None
    return Step(Phrase(phrase.message, **values), when, state="now")


def _next(matter: Matter) -> list[Step]:
    """What the office has promised, with its day."""
    if matter.due is None or matter.stage in ("closed", "withdrawn", "listed", "handed_over"):
        return []
    words = {
        "reported": Phrase("Then: a person confirms who handles it and tells you why"),
        "assigned": Phrase("Then: the work is checked, and you are asked whether it is solved"),
    }
    return [Step(words.get(matter.stage, Phrase("Then: you get the result")), matter.due, state="next")]
