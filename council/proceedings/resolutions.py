"""Resolutions: what a body decided, with which legal effect, and what it does to its matter."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.neighbourhood.journal import note, writing
from council.neighbourhood.numbering import next_number
from council.neighbourhood.offices import must, standing
from council.neighbourhood.people import Actor, Person, new_salt
from council.neighbourhood.places import Place
from council.proceedings.agenda import AgendaItem
from council.proceedings.ballots import Ballot
from council.proceedings.conduct import declare_ballot
from council.proceedings.invitations import Invitation
from council.proceedings.matters import Matter
from council.proceedings.meetings import Meeting
from council.proceedings.papercounts import enter_count
from council.refusals import Conflict, NotFound, Refusal
from council.rules import stages
from council.rules.affairs import Affair
from council.rules.law import Effect
from council.rules.powers import STAFF
from council.rules.privacy import check_text

PAGE = 20


class Resolution(Model):
    """A carried text, or a promise made in a household meeting (no ballot). `needs_owners`: advisory only, the owners must vote.

    `number` runs within the community and year, as 第12号 of 2026; it may have gaps and is never given twice.
    """

    id = fields.IntField(primary_key=True)
    number = fields.CharField(40, default="")
    ballot: fields.OneToOneNullableRelation[Ballot] = fields.OneToOneField(
        "council.Ballot", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    ballot_id: int | None
    meeting: fields.ForeignKeyNullableRelation[Meeting] = belongs("Meeting", null=True)
    meeting_id: int | None
    item: fields.ForeignKeyNullableRelation[AgendaItem] = belongs("AgendaItem", null=True)
    item_id: int | None
    matter: fields.ForeignKeyNullableRelation[Matter] = belongs("Matter", null=True)
    matter_id: int | None
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    path = fields.CharField(120)
    text = fields.TextField()
    legal_effect = fields.CharField(24, default="ADVISORY")
    needs_owners = fields.BooleanField(default=False)
    private = fields.BooleanField(default=False)
    stage = fields.CharField(24, default="adopted")
    adopted_at = fields.DatetimeField()
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "resolution"
        indexes = (("path", "id"),)

    async def relations(self, by: Actor | None) -> set[str]:
        """Of its meeting; for a private one also whose matter it is about."""
        found = await (await Meeting.get(id=self.meeting_id)).relations(by) if self.meeting_id else set()
        return found | (await (await Matter.get(id=self.matter_id)).relations(by) if self.matter_id else set())

    @classmethod
    async def seen_by(cls, by: Actor | None, number: int) -> Resolution:
        """A public resolution for everybody; a private one only for those it concerns and those who lead its place; else NotFound."""
        found = await cls.get_or_none(id=number).prefetch_related("place", "ballot", "matter", "meeting")
        if found is None or (found.private and not await found.concerns(by)):
            raise NotFound
        return found

    @classmethod
    async def of(cls, ballot: Ballot) -> Resolution | None:
        """What a ballot has become."""
        return await cls.get_or_none(ballot_id=ballot.id)

    @classmethod
    async def board(cls, effect: str = "", before: int = 0) -> tuple[list[Resolution], int]:
        """Public resolutions, newest first: a page, and the id to go on from (0 at the end)."""
        found = cls.filter(private=False).prefetch_related("place").order_by("-id")
        found = found.filter(legal_effect=effect) if effect in set(Effect) else found
        rows = await (found.filter(id__lt=before) if before else found).limit(PAGE + 1)
        return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else 0

    async def names(self) -> list[str]:
        """People of its meeting, to be masked where it is shown to everybody; a label names the home behind the person."""
        invited = await Invitation.filter(meeting_id=self.meeting_id or 0, unit_id=None, organisation_id=None)
        return [name for one in invited for name in (one.label, one.label.partition(" ")[0], one.substitute)]

    async def concerns(self, by: Actor | None) -> bool:
        mine = {"chair", "recorder", "invited", "seated", "reporter", "code_holder"}
        return (await standing(by)).reaches(STAFF, self.path) or bool(await self.relations(by) & mine)

    @property
    def effect(self) -> Effect:
        return Effect(self.legal_effect)

    def allowed_task_kinds(self) -> tuple[str, ...]:
        """Advice on what only the owners can decide (Civil Code art. 278) allows nothing but to prepare their vote."""
        return ("prepare_owners_vote",) if self.needs_owners else ("carry_out", "answer")

    @classmethod
    async def adopt(cls, ballot: Ballot, *, by: Actor) -> Resolution:
        """From a declared ballot that carried a text of its own, not an amendment."""
        if await cls.exists(ballot_id=ballot.id):
            raise Conflict("This has become a resolution already.")
        if ballot.stage != "declared" or not ballot.decision.get("carried"):
            raise Conflict("Only what has been carried and declared becomes a resolution.")
        if await ballot.on_amendment():
            raise Conflict("An amendment changes a proposal; the proposal itself is still to be voted.")
        matter = await Matter.get_or_none(id=ballot.matter_id or 0)
        meeting = await Meeting.get_or_none(id=ballot.meeting_id or 0)
        private = bool((meeting and meeting.private) or (matter and matter.affair == Affair.HOUSEHOLD))
        made = cls(
            ballot_id=ballot.id, meeting_id=ballot.meeting_id, item_id=ballot.item_id, matter_id=ballot.matter_id,
            place_id=ballot.place_id, path=ballot.path, text=_carried(ballot), private=private,
            legal_effect=ballot.decision["legal_effect"], needs_owners=ballot.needs_owners,
        )  # fmt: skip
        return await made._adopted(by)

    @classmethod
    async def promise(cls, item: AgendaItem, text: str, *, by: Actor) -> Resolution:
        """What neighbours promised each other in a household meeting: no ballot, never public."""
        meeting = await Meeting.get(id=item.meeting_id)
        if not meeting.private or meeting.stage != "open":
            raise Conflict("A promise is recorded in an open household meeting; elsewhere the members vote.")
        if len(text.strip()) < 4:
            raise Refusal("Write who promises what, and until when.", field="text")
        made = cls(
            meeting_id=meeting.id, item_id=item.id, matter_id=item.matter_id, place_id=meeting.place_id, path=meeting.path,
            text=check_text(text.strip(), "text"), private=True, legal_effect=Effect.ADVISORY.value,
        )  # fmt: skip
        return await made._adopted(by)

    async def _adopted(self, by: Actor) -> Resolution:
        async with writing():
            await must(by, "resolution.adopt", self)
            self.adopted_at = clock.now()
            self.number = await _number(self)
            await self.save()
            await note("resolution.adopted", self, by, meeting_id=self.meeting_id, matter=self.matter_id, ballot=self.ballot_id,
                       effect=self.legal_effect, needs_owners=self.needs_owners, texts={"text": self.text})  # fmt: skip
            if (matter := await Matter.get_or_none(id=self.matter_id or 0)) is not None:
                await note("matter.resolved", matter, by, resolution=self.id, effect=self.legal_effect)
        return self

    async def posted(self, posting_id: int, *, by: Actor) -> None:
        """It hangs on the board now. Within the caller's writing()."""
        stages.check("Resolution", self.stage, "posted")
        self.stage = "posted"
        await self.save(update_fields=["stage"])
        await note("resolution.posted", self, by, posting=posting_id, matter=self.matter_id)


    def binds(self) -> bool:
        """Does it come into force at all? Advice binds nobody, and a promise between neighbours is theirs."""
        return self.legal_effect != Effect.ADVISORY and not self.needs_owners and not self.private

    async def come_into_force(self) -> None:
        """The days on the board are over and every objection has its answer. Within the caller's writing()."""
        stages.check("Resolution", self.stage, "in_force")
        self.stage = "in_force"
        await self.save(update_fields=["stage"])
        await note("resolution.in_force", self, None, matter=self.matter_id)


async def _number(resolution: Resolution) -> str:
    year = clock.local(resolution.adopted_at).year
    community = await (await Place.get(id=resolution.place_id)).at_level("COMMUNITY")
    return f"〔{year}〕{await next_number(f'resolution:{community.id}:{year}')}"


def _carried(ballot: Ballot) -> str:
    """The question carried; of several options, those that won."""
    if ballot.method == "yes_no_abstain":
        return ballot.question
    return "\n".join([ballot.question, *ballot.outcome().chosen(ballot.options)])


async def declare(ballot: Ballot, *, by: Actor) -> Resolution | None:
    """Declare the result; where it carries a text of its own, the resolution follows in the same act."""
    async with writing():
        decision = await declare_ballot(ballot, by=by)
        if not decision.carried or await ballot.on_amendment():
            return None
        return await Resolution.adopt(ballot, by=by)


async def count_paper(ballot: Ballot, figures: dict[str, dict[str, int]], *, by: Person) -> Resolution | None:
    """One person's count sheet. The second equal one closes and declares the vote, and adopts what it carried."""
    async with writing():
        return await declare(ballot, by=by) if await enter_count(ballot, figures, by=by) else None
