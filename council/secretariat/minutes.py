"""Minutes: drawn from what happened, corrected, circulated among those who were there, sealed once all needed have approved, posted."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.i18n import DEFAULT, Phrase, day, speaking
from council.i18n import gettext as _
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import may, must
from council.neighbourhood.people import Actor, Person, new_salt
from council.neighbourhood.places import Place
from council.proceedings.invitations import Invitation
from council.proceedings.meetings import Meeting
from council.proceedings.roll import Seat
from council.refusals import Conflict, NotFound, Refusal
from council.rules import stages
from council.rules.privacy import check_text
from council.secretariat import inbox
from council.secretariat.happenings import happenings
from council.secretariat.postings import DAYS, Posting, post
from council.workshop.differences import Run, differences

# What the recorder writes; everything else is drawn from the records and cannot be written over.
WRITTEN = ("points", "absence", "dissent", "remarks")
# No title is told: an inbox is read over a shoulder.
CIRCULATED = Phrase("The minutes of a meeting you were at are ready to read. Approve them, or say what is wrong.")
SEALED = Phrase("Everybody needed has approved the minutes: they are sealed and can be posted.")
POSTED = Phrase("What a meeting decided that you were invited to now hangs on the notice board.")


class Minutes(Model):
    """`facts` is what happened, as drawn. `written` is the recorder's: main points of speech, reasons of absence, dissent, remarks.

    drawn -> circulated -> sealed -> posted. A correction names the version it was made on and takes the text back to drawn, earlier
    wordings stay in `earlier`. `seal` is the SHA-256 over facts, words and those who approved, kept when the last of them has.
    """

    id = fields.IntField(primary_key=True)
    meeting: fields.OneToOneRelation[Meeting] = fields.OneToOneField("council.Meeting", related_name=False, on_delete=fields.RESTRICT)
    meeting_id: int
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    facts: dict[str, Any] = fields.JSONField(default=dict)
    written: dict[str, str] = fields.JSONField(default=dict)
    earlier: list[dict[str, Any]] = fields.JSONField(default=list)
    stage = fields.CharField(24, default="drawn")
    version = fields.IntField(default=1)
    drawn_at = fields.DatetimeField()
    circulated_at = fields.DatetimeField(null=True)
    sealed_at = fields.DatetimeField(null=True)
    seal = fields.CharField(64, default="")
    posting_id = fields.IntField(null=True)
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "minutes"

    async def relations(self, by: Actor | None) -> set[str]:
        return await (await Meeting.get(id=self.meeting_id)).relations(by)

    @classmethod
    async def seen_by(cls, by: Actor, number: int) -> Minutes:
        """The inside minutes, with names: for those who were invited and those who lead the place; else NotFound."""
        found = await cls.get_or_none(id=number).prefetch_related("meeting__place")
        if found is None or not await may(by, "meeting.see", found.meeting):
            raise NotFound
        return found

    @classmethod
    async def of(cls, meeting: Meeting) -> Minutes | None:
        return await cls.get_or_none(meeting_id=meeting.id)

    @classmethod
    async def draw(cls, meeting: Meeting, *, by: Person) -> Minutes:
        """Draw them up from the records once the meeting is closed; again, while they are a draft, when a task was given since."""
        async with writing():
            await must(by, "minutes.draw", meeting)
            if meeting.stage != "closed":
                raise Conflict("Minutes are drawn once the meeting is closed.")
            facts = await happenings(meeting)
            kept = await cls.of(meeting)
            if kept is not None and kept.stage != "drawn":
                raise Conflict("These minutes are with those who were there. Correct them first; then they can be drawn anew.")
            made = kept or cls(meeting_id=meeting.id, place_id=meeting.place_id, written={"points": _outline(facts)}, version=0)
            made.facts, made.drawn_at, made.version = facts, clock.now(), made.version + 1
            await made.save()
            await note("minutes.drawn", made, by, meeting_id=meeting.id, version=made.version, texts={"written": made.words})
        return made

    @property
    def words(self) -> str:
        """All that was written by hand, for the journal's digest."""
        return "\n\n".join(self.written.get(name, "") for name in WRITTEN)

    @property
    def changes(self) -> list[tuple[int, str, list[Run]]]:
        """What each correction changed: the version it made, when (ISO) and the runs of the text; what was only drawn anew is none."""
        texts = [*self.earlier, {"version": self.version, "written": self.written}]
        found = []
        for before, after in pairwise(texts):
            runs = differences(_joined(before["written"]), _joined(after["written"]))
            found.append((before["version"] + 1, before["at"], runs))
        return [one for one in found if any(run.kind != "same" for run in one[2])]

    async def correct(self, written: dict[str, str], version: int, *, by: Person) -> None:
        """Write the recorder's parts; what was circulated is a draft again, and nobody has approved the new wording yet.

        Conflict where somebody has written since `version`: nothing of either is lost. Facts are no words and cannot be named here.
        """
        for name, text in written.items():
            if name not in WRITTEN:
                raise Refusal("What happened comes from the records: only the words can be corrected.", field=name)
            check_text(text, name)
        async with writing():
            await must(by, "minutes.correct", self)
            now = await Minutes.get(id=self.id)
            if now.version != version:
                raise Conflict("Somebody has changed the minutes since you opened them. Both texts are shown: join them and save again.")
            before = {"version": version, "written": now.written, "by": by.id, "at": clock.now().isoformat()}
            values = {"written": {**now.written, **written}, "earlier": [*now.earlier, before], "version": version + 1, "stage": "drawn"}
            await self._change(version, now.stage, values)
            await note("minutes.corrected", self, by, meeting_id=self.meeting_id, version=self.version, texts={"written": self.words})

    async def _change(self, version: int, stage: str, values: dict[str, Any]) -> None:
        """Only what is still as it was read: this version at this stage."""
        if stage not in ("drawn", "circulated") or not await Minutes.filter(id=self.id, version=version, stage=stage).update(**values):
            raise Conflict("The minutes have changed since you read them. Please read them again.")
        self.update_from_dict(values)

    async def circulate(self, version: int, *, by: Person) -> None:
        """Show this wording to everybody who was there: they object to it, or approve it."""
        async with writing():
            await must(by, "minutes.circulate", self)
            stages.check("Minutes", self.stage, "circulated")
            await self._change(version, "drawn", {"stage": "circulated", "circulated_at": clock.now()})
            people = await self.attended()
            await inbox.tell_all(people, CIRCULATED, link=f"/minutes/{self.id}", subject=self)
            await note("minutes.circulated", self, by, meeting_id=self.meeting_id, version=version, told=len(people))

    async def close_with(self, seal: str, *, by: Actor) -> None:
        """All needed have approved this version. Within the caller's `writing()`."""
        stages.check("Minutes", self.stage, "sealed")
        await self._change(self.version, "circulated", {"stage": "sealed", "sealed_at": clock.now(), "seal": seal})
        await note("minutes.sealed", self, by, meeting_id=self.meeting_id, version=self.version, seal=seal, texts={"written": self.words})
        meeting = await Meeting.get(id=self.meeting_id)
        officers = sorted({one for one in (meeting.chair_id, meeting.recorder_id) if one})
        await inbox.tell_all(officers, SEALED, link=f"/minutes/{self.id}", subject=self)

    async def posting(self) -> Posting | None:
        """Where and for how long it hangs, once it does."""
        return await Posting.get_or_none(id=self.posting_id or 0)

    async def attended(self) -> list[int]:
        """The accounts of those who were there, and of chair and recorder."""
        seats = await Seat.filter(meeting_id=self.meeting_id, invitation_id__isnull=False).prefetch_related("invitation")
        people = {seat.invitation.person_id for seat in seats if seat.invitation}
        meeting = await Meeting.get(id=self.meeting_id)
        return sorted({one for one in (*people, meeting.chair_id, meeting.recorder_id) if one})

    async def post(self, *, by: Person, contact: str, board: str = "", days: int = DAYS) -> Posting:
        """Hang up what was decided, de-identified. Household meetings are never posted."""
        if self.facts["private"]:
            raise Refusal("A household meeting is private: its minutes are never posted.", status=409)
        async with writing():
            await must(by, "minutes.post", self)
            stages.check("Minutes", self.stage, "posted")
            place, facts = await Place.get(id=self.place_id), self.facts
            names = [*facts["names"], facts["chair"], facts["recorder"]]
            made = await post(self, facts["title"], public_text(facts), place, by=by, contact=contact, board=board, days=days, names=names)
            self.stage, self.posting_id = "posted", made.id
            await self.save(update_fields=["stage", "posting_id"])
            await note("minutes.posted", self, by, meeting_id=self.meeting_id, posting=made.id)
            invited = await Invitation.filter(meeting_id=self.meeting_id, person_id__isnull=False)
            await inbox.tell_all([one.person_id for one in invited if one.person_id], POSTED, link=f"/postings/{made.id}", subject=self)
        return made


def _joined(written: dict[str, str]) -> str:
    return "\n".join(filter(None, (written.get(name, "") for name in WRITTEN)))


def _outline(facts: dict[str, Any]) -> str:
    """A line for everybody who spoke, to be filled in."""
    with speaking(DEFAULT):
        stances = {"pro": _("for"), "contra": _("against")}
        lines = []
        for topic in facts["topics"]:
            lines += [f"【{topic['title']}】"] if topic["speeches"] else []
            lines += [f"{one['name']}{'（' + stances[one['stance']] + '）' if one['stance'] else ''}：" for one in topic["speeches"]]
    return "\n".join(lines)


def public_text(facts: dict[str, Any]) -> str:
    """What everybody may read: how many came, what was decided by which arithmetic, who carries it out by when. No speeches, no roll."""
    with speaking(DEFAULT):
        lines = [_("Present: %(present)s of %(listed)s members") % {"present": len(facts["present"]), "listed": facts["listed"]}]
        lines += [_("Held on paper, entered afterwards.")] if facts.get("paper") else []
        for number, topic in enumerate(facts["topics"], 1):
            lines += ["", f"{number}. {topic['title']}", *_decided(topic)]
    return "\n".join(lines)


def _decided(topic: dict[str, Any]) -> list[str]:
    lines: list[str] = [_("Discussed before the meeting:") + one["question"] for one in topic.get("consulted", [])]
    for vote in topic["votes"]:
        if vote["stage"] == "declared" and not vote["amendment"]:
            counted = "，".join(f"{_(word)} {votes}" for word, votes, _code in vote["rows"])
            lines += [vote["question"], *filter(None, [counted]), *vote["decision"][f"arithmetic_{DEFAULT}"]]
        elif vote["stage"] == "cancelled":
            lines.append(_("A vote was cancelled: %(reason)s") % {"reason": vote["reason"]})
    for resolution in topic["resolutions"]:
        lines.append(_("Resolution %(number)s") % {"number": resolution["number"]})
        lines += [_("Advice only: the owners must vote (Civil Code art. 278).")] if resolution["needs_owners"] else []
        lines += [f"{task['responsible']}：{task['words']}（{day(date.fromisoformat(task['deadline']))}）" for task in resolution["tasks"]]
    if topic["stage"] == "deferred":
        lines.append(_("Put off to another meeting."))
    if topic["outcome"] and (not topic["votes"] or topic["stage"] == "deferred"):
        lines.append(topic["outcome"])
    return lines
