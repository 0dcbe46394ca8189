"""How a meeting is announced: as a row of a list, as facts of its page, as what is still to be done before the notice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from council import clock
from council.clock import local
from council.i18n import Phrase, dated, day, gettext, hour, moment
from council.neighbourhood.journal import Entry
from council.neighbourhood.offices import may
from council.neighbourhood.people import Actor, Person
from council.proceedings.agenda import AgendaItem
from council.proceedings.invitations import Invitation
from council.proceedings.meetings import Meeting, share
from council.proceedings.resolutions import Resolution
from council.rules import calendar, quiet, stages
from council.rules.kinds import Capacity
from council.rules.thresholds import threshold
from council.secretariat.minutes import Minutes
from council.secretariat.scenes import TONES, WORDS

_ = gettext
MEETING_TONES = {"drafted": "wait", "called": "now", "open": "now", "adjourned": "wait", "closed": "done", "cancelled": "stop"}
REPLIES = {"yes": Phrase("comes"), "no": Phrase("cannot come"), "substitute": Phrase("sends somebody"), "": Phrase("no answer yet")}


def stage(meeting: Meeting) -> tuple[str, str]:
    return str(stages.NAMES[meeting.stage]), MEETING_TONES[meeting.stage]


def when(meeting: Meeting) -> str:
    start = local(meeting.next_at)
    until = f"–{hour(meeting.ends_at)}" if meeting.ends_at and meeting.next_at == meeting.starts_at else ""
    return f"{dated(start)} {hour(start)}{until}"


def row(meeting: Meeting) -> dict[str, Any]:
    """A line of a list. A closed meeting is named by its kind only."""
    word, tone = stage(meeting)
    facts = [when(meeting), meeting.place.name, meeting.venue]
    title = f"{meeting.row.name}：{meeting.title}" if meeting.title not in str(meeting.row.name) else meeting.title
    return {"href": f"/meetings/{meeting.id}", "title": title, "stage": word, "tone": tone, "facts": [fact for fact in facts if fact]}


async def handed_over(meeting: Meeting) -> bool:
    """Does somebody chair who did not come to it by the office of the kind?"""
    return await Entry.exists(act="meeting.handed_over", subject="Meeting", subject_id=meeting.id)


def call(meeting: Meeting, handed: bool = False) -> list[tuple[Any, ...]]:
    """Label and value pairs for whoever is called: when, where, who chairs (by name alone where the chair was handed over)."""
    chair = meeting.chair.name if handed else Phrase("%(name)s, %(office)s", name=meeting.chair.name, office=meeting.row.chair.name)
    return [
        (_("When"), Phrase("%(moment)s (Beijing time)", moment=when(meeting))), (_("Where"), meeting.venue or _("not fixed yet")),
        (_("Chair"), chair),
    ]  # fmt: skip


def facts(meeting: Meeting, handed: bool = False) -> list[tuple[Any, ...]]:
    """Label and value pairs of the page."""
    rule = threshold(meeting.rule_id)
    pairs: list[tuple[Any, ...]] = [
        *call(meeting, handed),
        (_("Decides by"), Phrase("%(rule)s: %(sources)s", rule=rule.name, sources="; ".join(str(one) for one in rule.articles))),
        (_("Quorum"), quorum_words(meeting)), (_("What a decision is worth"), rule.effect.label),
    ]  # fmt: skip
    if meeting.discussed_on:
        pairs.append((_("Discussed first"), f"{day(meeting.discussed_on)} {meeting.discussed_by}"))
    if meeting.temporary_reason:
        pairs.append((_("Why at short notice"), meeting.temporary_reason))
    if meeting.reason and meeting.stage in ("cancelled", "adjourned"):
        pairs.append((_("Reason"), meeting.reason))
    return pairs


def warnings(meeting: Meeting) -> list[Phrase]:
    """What whoever prepares a meeting should know of its day and hour; none of it forbids anything."""
    day_of, today = local(meeting.starts_at).date(), clock.today()
    span = calendar.warnings_for(min(today, day_of), day_of)
    return [*quiet.warnings_on(day_of), *quiet.awkward(meeting.starts_at, meeting.ends_at), *span]


def quorum_words(meeting: Meeting) -> Phrase:
    part = share(meeting.quorum_fraction)
    if not meeting.listed:
        return Phrase("%(sign)s %(share)s of the members", sign=part.sign, share=part)
    return Phrase("%(needed)s of %(listed)s members (%(sign)s %(share)s)", needed=meeting.needed, listed=meeting.listed, sign=part.sign, share=part)


async def items(meeting: Meeting) -> list[dict[str, Any]]:
    """The agenda with what came of each item."""
    return [
        {"id": item.id, "title": item.title, "words": item.words, "outcome": item.outcome, "word": str(WORDS[item.stage]), "tone": TONES[item.stage],
         "unannounced": meeting.notice_at is not None and not item.notified}
        for item in await AgendaItem.of(meeting)
    ]  # fmt: skip


def guests(invited: Sequence[Invitation]) -> list[dict[str, str]]:
    """Who is invited and what they answered: only for those inside."""
    return [
        {"name": one.label, "capacity": str(Capacity(one.capacity).label), "reply": str(REPLIES[one.reply]), "substitute": one.substitute,
         "duty": _("must send somebody") if one.duty else ""}
        for one in invited
    ]  # fmt: skip


def counts(invited: Sequence[Invitation]) -> list[tuple[str, int]]:
    """How many of each capacity: all that outsiders are told."""
    found = Counter(one.capacity for one in invited)
    return [(str(Capacity(code).label), number) for code, number in sorted(found.items())]


def answered(meeting: Meeting, invited: Sequence[Invitation]) -> Phrase:
    """How many members will come, as they say: whether it will be enough can be seen days before."""
    found = Counter(one.reply for one in invited if one.votes)
    return Phrase("Of the members %(yes)s come, %(no)s cannot, %(silent)s have not answered; %(needed)s are needed.",
                  yes=found["yes"] + found["substitute"], no=found["no"], silent=found[""], needed=meeting.needed)  # fmt: skip


async def steps(meeting: Meeting, by: Actor) -> list[dict[str, Any]]:
    """What is still to be done before the meeting, for those who prepare it."""
    if not await may(by, "meeting.invite", meeting):
        return []
    agenda, invited = await AgendaItem.of(meeting), await Invitation.all_of(meeting)
    at = f"/meetings/{meeting.id}"
    found = [
        {"href": f"{at}/agenda", "word": _("Set the agenda"), "done": bool(agenda), "fact": Phrase("%(n)s items", n=len(agenda))},
        {"href": f"{at}/invitations", "word": _("Invite people"), "done": bool(invited), "fact": Phrase("%(n)s invited", n=len(invited))},
    ]
    if threshold(meeting.rule_id).party_discusses_first:
        fact = Phrase("The law asks for it before the meeting opens.")
        if meeting.discussed_on:
            fact = Phrase("on %(day)s", day=day(meeting.discussed_on))
        word = _("Enter the Party organisation's discussion")
        found.append({"href": f"{at}/discussion", "word": word, "done": bool(meeting.discussed_on), "fact": fact})
    recorder = await Person.get_or_none(id=meeting.recorder_id or 0)
    found.append({"href": f"{at}/recorder", "word": _("Name who keeps the record"), "done": bool(recorder),
                  "fact": recorder.name if recorder else ""})  # fmt: skip
    given = Phrase("on %(moment)s", moment=moment(meeting.notice_at)) if meeting.notice_at else Phrase("fixes the agenda and tells those invited")
    found.append({"href": "" if meeting.notice_at else f"{at}/notice", "word": _("Give notice"), "done": bool(meeting.notice_at), "fact": given})
    if meeting.notice_at:
        found.append({"href": f"{at}/slips", "word": _("Print slips with codes"), "done": any(one.code_handle for one in invited), "fact": ""})
    return found


async def afterwards(meeting: Meeting, by: Actor) -> dict[str, Any]:
    """What came of a meeting: its resolutions for everybody, its minutes for those inside, its posting once it hangs."""
    minutes = await Minutes.of(meeting) if meeting.stage == "closed" else None
    inside = await may(by, "meeting.see", meeting)
    return {
        "resolutions": await Resolution.filter(meeting_id=meeting.id).order_by("id") if inside or not meeting.private else [],
        "minutes": f"/minutes/{minutes.id}" if minutes and inside else "",
        "posting": f"/postings/{minutes.posting_id}" if minutes and minutes.posting_id else "",
        "draw": meeting.stage == "closed" and minutes is None and await may(by, "minutes.draw", meeting),
    }
