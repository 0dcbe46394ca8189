"""The notice and the sign-in sheet of a meeting on paper, gathered from its records."""

from __future__ import annotations

from collections.abc import Sequence

from council.i18n import Phrase, day
from council.i18n import gettext as _
from council.neighbourhood.organisations import PartyOrganisation
from council.proceedings.agenda import AgendaItem
from council.proceedings.contacts import contact
from council.proceedings.invitations import Invitation
from council.proceedings.meetings import Meeting
from council.rules.kinds import Capacity
from council.rules.law import Base
from council.rules.thresholds import threshold
from council.secretariat import announcements
from council.secretariat.hearings import prior
from council.secretariat.postings import Posting
from council.workshop.callpapers import NoticePaper, PosterPaper, SheetGroup, SheetRow, SignInPaper
from council.workshop.papers import numeral

Section = tuple[str, tuple[str, ...]]


def named(meeting: Meeting) -> str:
    """A closed meeting is named by its kind: a paper on a door is read by everybody who passes."""
    return str(meeting.row.name) if meeting.private else meeting.title


async def notice(meeting: Meeting, address: str, link: str = "") -> NoticePaper:
    """The notice as it is hung up and handed out. Before it is given it is marked as a draft. `link` to a video meeting only for those inside."""
    invited, whom = await Invitation.all_of(meeting), await contact(meeting.place)
    sections = [_when(meeting, link), await _topics(meeting, await AgendaItem.of(meeting)), _called(meeting, invited), _rules(meeting), _ask(invited)]
    return NoticePaper(
        title=str(Phrase("Notice of the %(kind)s", kind=meeting.row.name)), to=_("To all who are invited:"),
        opening=str(Phrase("The meeting “%(title)s” will be held as follows. Please come in time.", title=named(meeting))),
        sections=tuple((f"{numeral(n)}、{word}", lines) for n, (word, lines) in enumerate(sections, 1)), issuer=await _issuer(meeting),
        day=day(meeting.notice_at or meeting.starts_at) if meeting.notice_at else _("(not yet given)"),
        address=f"{address.rstrip('/')}/meetings/{meeting.id}", contact=f"{whom.name} {whom.telephone}" if whom else "",
        demo=meeting.place.demo, watermark="" if meeting.notice_at else _("Draft"),
    )  # fmt: skip


async def _issuer(meeting: Meeting) -> str:
    organisation = await PartyOrganisation.get_or_none(id=meeting.organisation_id or 0)
    return organisation.name if organisation else meeting.place.name


def _when(meeting: Meeting, link: str) -> Section:
    where = Phrase("Place: %(venue)s", venue=meeting.venue or _("not fixed yet"))
    lines = [str(Phrase("Time: %(moment)s (Beijing time)", moment=announcements.when(meeting))), str(where)]
    if link:
        lines.append(str(Phrase("Video meeting: %(link)s", link=link)))
    return _("Time and place"), tuple(lines)


async def _topics(meeting: Meeting, items: Sequence[AgendaItem]) -> Section:
    if meeting.private:
        return _("Topics"), (_("Matters between neighbours; those concerned have been told."),)
    lines: list[str] = []
    for n, item in enumerate(items, 1):
        lines.append(f"（{numeral(n)}）{item.title}")
        lines += [_("Discussed before the meeting:") + "".join(one["lines"]) for one in await prior(item)]
    return _("Topics"), (*lines, _("Nothing is decided on what does not stand here."))


def _called(meeting: Meeting, invited: Sequence[Invitation]) -> Section:
    """The groups with their numbers; of units the names too, because they must send somebody (RC 46)."""
    units = "、".join(one.label for one in invited if one.duty and not one.person_id)
    lines = [str(Phrase("%(group)s (%(capacity)s)", group=row.name, capacity=row.capacity.label)) for row in meeting.row.called]
    counted = "，".join(f"{word} {number}" for word, number in announcements.counts(invited))
    found = ["；".join(lines) + "。", counted]
    found += [str(Phrase("These units send somebody: %(units)s", units=units))] if units and not meeting.private else []
    return _("Who is invited"), tuple(line for line in found if line)


def _rules(meeting: Meeting) -> Section:
    rule = threshold(meeting.rule_id)
    lines = [str(Phrase("Decides by: %(rule)s. Present: %(quorum)s.", rule=rule.name, quorum=announcements.quorum_words(meeting)))]
    lines.append(str(Phrase("What a decision is worth: %(effect)s", effect=rule.effect.label)))
    if rule.base is Base.ENTITLED:
        lines.append(_("The majority is counted of all entitled to vote, not only of those present."))
    if meeting.discussed_on:
        lines.append(str(Phrase("Discussed first by %(body)s on %(day)s.", body=meeting.discussed_by, day=day(meeting.discussed_on))))
    if meeting.temporary_reason:
        lines.append(str(Phrase("Called at short notice because: %(reason)s", reason=meeting.temporary_reason)))
    return _("How it decides"), tuple(lines)


def _ask(invited: Sequence[Invitation]) -> Section:
    lines = [_("Please answer whether you come. Who cannot come may name somebody in their place before the meeting opens.")]
    lines.append(_("Bring the slip with your code: it confirms your seat. Without it ask at the desk."))
    return _("Please note"), tuple(lines)


async def sign_in(meeting: Meeting) -> SignInPaper:
    """The list to sign at the door, members first, with the name of whoever comes in somebody's place."""
    invited = await Invitation.filter(meeting_id=meeting.id).prefetch_related("person", "household", "unit").order_by("id")
    facts = [
        (_("Meeting"), f"{meeting.row.name} · {named(meeting)}"), (_("When"), announcements.when(meeting)), (_("Where"), meeting.venue or "—"),
        (_("Chair"), meeting.chair.name), (_("Quorum"), str(announcements.quorum_words(meeting))),
    ]  # fmt: skip
    groups = [SheetGroup(str(code.label), [_row(one) for one in invited if one.capacity == code]) for code in Capacity]
    return SignInPaper(title=_("Sign-in sheet"), facts=tuple(facts), groups=tuple(groups), demo=meeting.place.demo)


def _row(one: Invitation) -> SheetRow:
    """Name and what they speak for apart, so that two of a name are told apart by the second column."""
    name = one.person.name if one.person else one.label
    return SheetRow(name, one.label.removeprefix(name).strip(), one.substitute)


def poster(posting: Posting, address: str) -> PosterPaper:
    """A posting for the paper board: the same words, the same days."""
    days = Phrase("From %(first)s to %(last)s", first=day(posting.first_day), last=day(posting.last_day))
    return PosterPaper(
        title=posting.title, place=posting.place.name, lines=tuple(line for line in posting.body.splitlines() if line), days=str(days),
        contact=posting.contact, address=f"{address.rstrip('/')}/postings/{posting.id}", board=posting.board, demo=posting.place.demo,
    )  # fmt: skip
