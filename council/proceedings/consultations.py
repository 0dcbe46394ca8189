"""Consultations: a plain question to the people of a place, before anything is decided, and who hears them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model

from council import clock
from council.db import belongs, sql
from council.i18n import Phrase
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import Standing, may, must, standing
from council.neighbourhood.people import Actor, Person, new_salt
from council.neighbourhood.places import Place
from council.neighbourhood.registers import Register, current
from council.proceedings.matters import Matter
from council.refusals import Conflict, NotFound, Refusal
from council.rules.affairs import Affair
from council.rules.powers import FIELD, POWERS
from council.rules.privacy import check_text

FORMS: dict[str, Phrase] = {
    "question": Phrase("An open question"), "draft": Phrase("A draft text, clause by clause"),
    "options": Phrase("Options, with reasons for and against"), "statements": Phrase("Short statements to agree or disagree with"),
    "wishes": Phrase("A wish list with costs"),
}  # fmt: skip
ELECTORATES: dict[str, Phrase] = {
    "everyone": Phrase("Everybody who has the link"), "persons": Phrase("The people of the place, one answer each"),
    "households": Phrase("The households of the place, one answer each"), "owners": Phrase("The owners on the list in use"),
    "units": Phrase("The units of the place"),
}  # fmt: skip
MOST_PARTS, LONGEST_PART = 40, 600
MOMENTS = ("made_at", "opened_at", "closes_at", "closed_at", "concluded_at", "signed_only_at")
SHORTEST, LONGEST = timedelta(hours=1), timedelta(days=120)


class Consultation(Model):
    """drafted -> open -> closed -> answered. Nothing here binds anybody: it is advice (协商意见) for whoever decides.

    `parts` are what is asked about besides the question: options with `pro` and `contra`, wishes with `cost` in yuan. The clauses of a draft and
    the statements are rows of their own. `asked` counts the list frozen at opening (0: everybody), `answered` one for each answer,
    `minors` those among them given by children. `item_id` is the agenda item the result was put on,
    `proposal_id` the proposal it asks about. From `signed_only_at` on nobody answers without an account, a slip or a paper, for the reason beside it.
    """

    id = fields.IntField(primary_key=True)
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    path = fields.CharField(120)
    matter: fields.ForeignKeyNullableRelation[Matter] = belongs("Matter", null=True)
    matter_id: int | None
    form = fields.CharField(12)
    question = fields.CharField(200)
    why = fields.TextField()
    changeable = fields.TextField()
    fixed = fields.TextField()
    decides = fields.CharField(200)
    electorate = fields.CharField(12)
    register: fields.ForeignKeyNullableRelation[Register] = belongs("Register", null=True)
    register_id: int | None
    parts: list[dict[str, Any]] = fields.JSONField(default=list)
    budget = fields.IntField(default=0)
    stage = fields.CharField(24, default="drafted")
    made_at = fields.DatetimeField()
    opened_at = fields.DatetimeField(null=True)
    closes_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    concluded_at = fields.DatetimeField(null=True)
    conclusion = fields.TextField(default="")
    signed_only_at = fields.DatetimeField(null=True)
    signed_only_reason = fields.CharField(300, default="")
    asked = fields.IntField(default=0)
    answered = fields.IntField(default=0)
    minors = fields.IntField(default=0)
    item_id = fields.IntField(null=True)
    proposal_id = fields.IntField(null=True)
    ballot_id = fields.IntField(null=True)
    posting_id = fields.IntField(null=True)
    reason = fields.CharField(300, default="")
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "consultation"
        indexes = (("path", "id"), ("stage", "id"), ("matter_id", "id"))

    def __str__(self) -> str:
        return self.question

    async def relations(self, by: Actor | None) -> set[str]:
        """`near`: whoever goes from door to door somewhere inside the place."""
        held = await standing(by)
        return {"near"} if any(code in FIELD and reach.startswith(self.path) for code, reach, _ in held.holds) else set()

    def running(self, at: datetime | None = None) -> bool:
        """Are answers taken at this moment? Up to the closing time without that time itself."""
        now = at or clock.now()
        return self.stage == "open" and self.closes_at is not None and now < self.closes_at

    @property
    def over(self) -> bool:
        """May the result be read by everybody?"""
        return self.stage in ("closed", "answered")

    def part(self, key: str) -> dict[str, Any]:
        return next((one for one in self.parts if one["key"] == key), {})

    @classmethod
    async def numbered(cls, number: int) -> Consultation | None:
        """The bare row, by one constant statement: whoever answers asks this first."""
        rows = await sql("SELECT * FROM consultation WHERE id = ?", number) if number < 2**31 else []
        for name in MOMENTS if rows else ():
            rows[0][name] = rows[0][name] and clock.moment(rows[0][name])
        return cls._init_from_db(**rows[0]) if rows else None

    @classmethod
    async def known_to(cls, by: Actor, number: int) -> Consultation:
        """The same as `find` finds, without what it belongs to."""
        found = await cls.numbered(number)
        return found if found is not None and found.stage not in ("drafted", "cancelled") else await cls.find(number, by)

    @classmethod
    async def find(cls, number: int, by: Actor) -> Consultation:
        """For everybody once it is open; a draft only for those who may prepare it; else NotFound."""
        found = await cls.get_or_none(id=number).select_related("place", "matter") if number < 2**31 else None
        if found is None or (found.stage in ("drafted", "cancelled") and not await may(by, "consultation.see", found)):
            raise NotFound
        return found

    @classmethod
    async def listed(cls, state: str, before: int = 0) -> list[Consultation]:
        """What everybody may know of, newest first, 21 at most. `state`: open, past or all."""
        wanted = {"open": ["open"], "past": ["closed", "answered"]}.get(state, ["open", "closed", "answered"])
        found = cls.filter(stage__in=wanted).prefetch_related("place").order_by("-id")
        return await (found.filter(id__lt=before) if before else found).limit(21)

    @classmethod
    async def now_open(cls) -> Consultation | None:
        """The one that ends first among those that are open."""
        return await cls.filter(stage="open", closes_at__gt=clock.now()).prefetch_related("place").order_by("closes_at").first()

    @classmethod
    async def about(cls, matter_id: int) -> list[Consultation]:
        """Those on a matter that everybody may know of."""
        return await cls.filter(matter_id=matter_id, stage__in=["open", "closed", "answered"]).order_by("id")

    @classmethod
    async def prepared(cls, held: Standing) -> list[Consultation]:
        """Those not open yet, or ended and waiting for answers, within reach."""
        found = Q(id=0)
        for code, reach, _ in held.holds:
            if code in POWERS["consultation.listen"].offices:
                found |= Q(path__startswith=reach)
        return await cls.filter(found, stage__in=["drafted", "closed"]).prefetch_related("place").order_by("-id").limit(20)

    async def note(self, act: str, by: Any, texts: dict[str, str] | None = None, **numbers: Any) -> None:
        await note(act, self, by, texts=texts, **numbers)


@dataclass(frozen=True)
class Plan:
    """What a secretary writes before asking. `lines`: options or wishes, one a line: name ｜ reason for or cost ｜ reason against."""

    form: str
    question: str
    why: str
    changeable: str
    fixed: str
    decides: str
    electorate: str
    lines: tuple[str, ...] = ()
    budget: int = 0
    matter: Matter | None = field(default=None, compare=False)
    proposal_id: int | None = None


async def draft(place: Place, plan: Plan, *, by: Person) -> Consultation:
    """Write down what is to be asked; nobody is asked before it is opened. A household matter is never put to others."""
    if plan.matter is not None and (plan.matter.affair in ("", Affair.HOUSEHOLD) or not plan.matter.public):
        raise Conflict("Only a matter that has been made public can be put to others.")
    _complete(plan)
    register = await current(place) if plan.electorate == "owners" else None
    if plan.electorate == "owners" and register is None:
        raise Refusal("There is no list of owners for this place yet.", field="electorate")
    async with writing():
        await must(by, "consultation.draft", at=place)
        await Place.filter(id=place.id).select_for_update().only("id").get()  # two presses at once come one after the other
        if await Consultation.exists(place=place, form=plan.form, question=plan.question.strip(), stage="drafted"):
            raise Conflict("This has been entered already.")
        made = await Consultation.create(
            place=place, path=place.path, matter=plan.matter, form=plan.form, question=plan.question.strip(), why=plan.why.strip(),
            changeable=plan.changeable.strip(), fixed=plan.fixed.strip(), decides=plan.decides.strip(), electorate=plan.electorate,
            register=register, parts=_parts(plan), budget=plan.budget, made_at=clock.now(), proposal_id=plan.proposal_id,
        )  # fmt: skip
        await made.note("consultation.drafted", by, {"question": made.question, "why": made.why}, matter=made.matter_id)
    return made


def _complete(plan: Plan) -> None:
    """Everything a person needs before she answers: the question, why, what can change and what cannot, who decides."""
    if plan.form not in FORMS or plan.electorate not in ELECTORATES:
        raise Refusal("Choose one of the answers shown.", field="form")
    for name in ("question", "why", "changeable", "fixed", "decides"):
        words = getattr(plan, name).strip()
        if len(words) < 2:
            raise Refusal("Fill in this field.", field=name)
        check_text(words, name)
    if plan.form != "question" and len(plan.lines) < (1 if plan.form == "draft" else 2):
        raise Refusal("Write what is asked about, one a line: at least two lines, of a draft at least one.", field="lines")
    if len({line.split("｜")[0].strip() for line in plan.lines}) < len(plan.lines):
        raise Refusal("Two lines say the same.", field="lines")
    if len(plan.lines) > MOST_PARTS or any(len(check_text(line, "lines")) > LONGEST_PART for line in plan.lines):
        raise Refusal("At most %(n)s lines of %(signs)s signs.", n=MOST_PARTS, signs=LONGEST_PART, field="lines")


def _parts(plan: Plan) -> list[dict[str, Any]]:
    """Options: name ｜ reason for ｜ reason against. Wishes: name ｜ cost in yuan."""
    if plan.form not in ("options", "wishes"):
        return []
    rows = [[cell.strip() for cell in line.replace("|", "｜").split("｜")] for line in plan.lines]
    if plan.form == "options":
        return [{"key": str(n), "text": row[0], "pro": [*row, ""][1], "contra": [*row, "", ""][2]} for n, row in enumerate(rows, 1)]
    return [{"key": str(n), "text": row[0], "cost": _cost(row, plan.budget)} for n, row in enumerate(rows, 1)]


def _cost(row: list[str], budget: int) -> int:
    digits = row[1].replace(",", "").replace("，", "").removesuffix("元").strip() if len(row) > 1 else ""
    if not digits.isascii() or not digits.isdigit() or not 0 < int(digits) <= (budget or 2**31 - 1):
        raise Refusal("Write the cost behind every wish, such as 路灯改造｜30000; none may cost more than there is.", field="lines")
    return int(digits)
