"""Co-construction agreements: drafted, reviewed, frozen, signed by every partner, in effect."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must, standing
from council.neighbourhood.organisations import PartyOrganisation
from council.neighbourhood.people import Actor, Person, Visitor, new_salt
from council.neighbourhood.places import Place
from council.neighbourhood.sealed import unseal
from council.partnership.projects import Project
from council.refusals import Conflict
from council.rules import stages

BEGUN = ("draft", "review", "frozen", "signing")
PUBLIC = ("effective", "renewed", "ended", "terminated")


class Agreement(Model):
    """`kind` is partnership, supplement (bound to the agreement `previous`, which it adds to) or mediation (private, between persons). A partnership
    with a `previous` renews that one.

    `clauses` is the text: a list of {"heading", "body"}. Frozen: `digest` is the SHA-256 of the PDF that all sign, any change makes a
    new version and voids all signatures.

    `level` says how it was signed: with keys (key), or by hand and seal on the printed text (paper).
    The term names its first and last day, it is in force from the later of the first day and the last signature, and the last day never moves.
    """

    id = fields.IntField(primary_key=True)
    number = fields.CharField(40)
    public_code = fields.CharField(16, unique=True)
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    path = fields.CharField(120)
    kind = fields.CharField(16, default="partnership")
    previous: fields.ForeignKeyNullableRelation[Agreement] = belongs("Agreement", null=True)
    previous_id: int | None
    title = fields.CharField(120)
    category = fields.CharField(32)
    stage = fields.CharField(24, default="draft")
    version = fields.IntField(default=1)
    first_day = fields.DateField()
    last_day = fields.DateField()
    copies = fields.IntField(default=2)
    preamble = fields.TextField(default="")
    clauses: list[dict[str, Any]] = fields.JSONField(default=list)
    frozen: dict[str, Any] = fields.JSONField(default=dict)
    pages = fields.IntField(default=0)
    level = fields.CharField(8, default="key")
    digest = fields.CharField(64, default="")
    edition = fields.IntField(default=0)
    drafted_by: fields.ForeignKeyRelation[Person] = belongs("Person")
    drafted_by_id: int
    made_at = fields.DatetimeField()
    frozen_at = fields.DatetimeField(null=True)
    sign_by = fields.DateField(null=True)
    effective_on = fields.DateField(null=True)
    renewal_asked_at = fields.DatetimeField(null=True)
    reason = fields.CharField(300, default="")
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "agreement"
        unique_together = (("place", "number"),)
        indexes = (("path", "id"), ("stage", "id"))

    @property
    def private(self) -> bool:
        """What was settled between neighbours is nobody else's business, ever."""
        return self.kind == "mediation"

    @property
    def public(self) -> bool:
        """Everybody may see an agreement that took effect; until then it is between its signatories and the staff."""
        return self.stage in PUBLIC and not self.private

    def in_force(self) -> bool:
        today = clock.today()
        return self.stage == "effective" and self.effective_on is not None and self.effective_on <= today <= self.last_day

    async def signatories(self) -> list[Signatory]:
        """甲方 first, then the partners in the order of the text."""
        return await Signatory.filter(agreement_id=self.id).select_related("organisation", "signer", "instead_of").order_by("order")

    async def relations(self, by: Actor | None) -> set[str]:
        """A signatory; whoever handed the signing over and may go on reading; whoever holds an office in an organisation that is party to it."""
        rows = await Signatory.filter(agreement_id=self.id)
        found = {"signatory"} if any(each.is_for(by) for each in rows) else set()
        found |= {"delegator"} if isinstance(by, Person) and by.id in {each.instead_of_id for each in rows} else set()
        own = {number for _, _, number in (await standing(by)).holds if number}
        return found | ({"party"} if own & {each.organisation_id for each in rows} else set())

    async def move(self, stage: str, *also: str) -> None:
        stages.check("Agreement", self.stage, stage)
        self.stage = stage
        await self.save(update_fields=["stage", *also])

    async def review(self, *, by: Person) -> None:
        """Lay the text before the signatories: they read it and may ask for a change."""
        async with writing():
            await must(by, "agreement.review", self)
            await self.move("review")
            await note("agreement.laid_open", self, by, version=self.version)

    async def ask_change(self, signatory: Signatory, text: str, *, by: Actor, clause: int | None = None) -> ChangeRequest:
        """A signatory asks for another wording; `clause` counts from 1, none means the text as a whole."""
        async with writing():
            await must(by, "agreement.ask_change", self)
            asked = await ChangeRequest.create(
                agreement=self,
                signatory=signatory,
                by_id=signatory.signer_id,
                version=self.version,
                clause=clause,
                text=text,
                at=clock.now(),
            )
            await note("agreement.change_asked", self, by, texts={"text": text}, signatory=signatory.id)
        return asked

    async def answer(self, request: ChangeRequest, text: str, *, by: Person) -> None:
        async with writing():
            await must(by, "agreement.answer", self)
            request.answer = text
            await request.save(update_fields=["answer"])
            await note("agreement.change_answered", self, by, texts={"text": text}, request=request.id)

    async def cancel(self, reason: str, *, by: Person) -> None:
        """Give it up before it has taken effect."""
        async with writing():
            await must(by, "agreement.cancel", self)
            self.reason = reason
            await self.move("cancelled", "reason")
            await note("agreement.cancelled", self, by, texts={"reason": reason})

    async def terminate(self, reason: str, *, by: Person) -> None:
        """End it before its last day; its text asks for thirty days' notice in writing. What neighbours settled is theirs and the court's."""
        async with writing():
            await must(by, "agreement.terminate", self)
            if self.private:
                raise Conflict("What neighbours settled binds them. Whoever disputes it can go to court.")
            self.reason = reason
            await self.move("terminated", "reason")
            await note("agreement.terminated", self, by, texts={"reason": reason})
            await self.end_supplements(by)

    async def end_supplements(self, by: Person | None) -> None:
        """Within `writing()`: nothing that belongs to this agreement goes on without it."""
        for each in await Agreement.filter(previous_id=self.id, kind="supplement", stage__in=(*BEGUN, "effective")):
            then, each.reason = "terminated" if each.stage == "effective" else "cancelled", self.reason
            await each.move(then, "reason")
            await note(f"agreement.{then}", each, by)


class AgreementProject(Model):
    id = fields.IntField(primary_key=True)
    agreement: fields.ForeignKeyRelation[Agreement] = belongs("Agreement")
    agreement_id: int
    project: fields.ForeignKeyRelation[Project] = belongs("Project")
    project_id: int

    class Meta:
        table = "agreement_project"
        unique_together = (("agreement", "project"),)


class Signatory(Model):
    """One party to the agreement: a Party organisation, its unit is a separate field. Order 0 is 甲方, the community Party committee.

    In a mediation agreement persons sign for themselves, without an organisation; order 0 is the mediator.

    `asked_at` is when its turn came, `reminded` how often it was reminded since, `instead_of` who handed the signing over to the signer,
    `agreed` the number of the edition the party said it agrees with during the review, `renews` its answer (yes, no) whether to go on
    after the last day.
    """

    id = fields.IntField(primary_key=True)
    agreement: fields.ForeignKeyRelation[Agreement] = belongs("Agreement")
    agreement_id: int
    order = fields.IntField()
    organisation: fields.ForeignKeyNullableRelation[PartyOrganisation] = belongs("PartyOrganisation", null=True)
    organisation_id: int | None
    unit_name = fields.CharField(120, default="")
    signer: fields.ForeignKeyRelation[Person] = belongs("Person")
    signer_id: int
    post = fields.CharField(24, default="")
    liaison = fields.CharField(50, default="")
    phone_sealed = fields.CharField(200, default="")
    stage = fields.CharField(24, default="invited")
    link_digest = fields.CharField(64, default="", db_index=True)
    link_ends_at = fields.DatetimeField(null=True)
    asked_at = fields.DatetimeField(null=True)
    reminded = fields.IntField(default=0)
    agreed = fields.IntField(default=0)
    renews = fields.CharField(4, default="")
    instead_of: fields.ForeignKeyNullableRelation[Person] = belongs("Person", null=True)
    instead_of_id: int | None
    read_at = fields.DatetimeField(null=True)
    signed_at = fields.DatetimeField(null=True)
    serial = fields.CharField(64, default="")
    reason = fields.CharField(300, default="")

    class Meta:
        table = "signatory"
        unique_together = (("agreement", "organisation"), ("agreement", "order"))

    @property
    def name(self) -> str:
        """Who is party to it: the organisation, the mediator's committee, or the person itself."""
        return self.organisation.name if self.organisation else self.unit_name or self.signer.name

    @property
    def phone(self) -> str:
        return unseal(self.phone_sealed, "phone")

    def is_for(self, by: Actor | None) -> bool:
        """Is this whoever signs for the organisation, signed in or come by the personal link?"""
        if isinstance(by, Visitor):
            return by.holds("Signatory", self.id)
        return by is not None and by.id == self.signer_id


class ChangeRequest(Model):
    """A party asks for a change of the text (`kind` change), or anybody inside comments an article (`kind` comment)."""

    id = fields.IntField(primary_key=True)
    agreement: fields.ForeignKeyRelation[Agreement] = belongs("Agreement")
    agreement_id: int
    signatory: fields.ForeignKeyNullableRelation[Signatory] = belongs("Signatory", null=True)
    signatory_id: int | None
    by: fields.ForeignKeyNullableRelation[Person] = belongs("Person", null=True)
    by_id: int | None
    kind = fields.CharField(12, default="change")
    version = fields.IntField()
    clause = fields.IntField(null=True)
    text = fields.TextField()
    at = fields.DatetimeField()
    answer = fields.TextField(default="")

    class Meta:
        table = "change_request"
