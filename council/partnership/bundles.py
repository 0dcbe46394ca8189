"""Many agreements at once: read from one spreadsheet, entered all or none, then taken through each step together."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.i18n import DEFAULT, Phrase, speaking
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Person
from council.neighbourhood.places import Place
from council.partnership import drafting, freezing
from council.partnership.agreements import Agreement, ChangeRequest, Signatory
from council.partnership.bundlesheets import Known, Plan, plan
from council.partnership.editions import Edition, of_draft
from council.refusals import Conflict, NotFound, Refusal

STEPS = {"review": "draft", "freezing": "review", "sending": "frozen"}  # a step, and the stage it takes an agreement out of
PORTION = 8  # agreements a job takes at once; the next job takes the next ones
BESIDE = 2  # printed at the same moment, as many as there are workers
WORDS = {
    "review": Phrase("Laying the texts before the signatories"), "freezing": Phrase("Fixing the texts and making the files"),
    "sending": Phrase("Opening the signing"),
}  # fmt: skip


class Bundle(Model):
    """The agreements of one sheet. `rows` is what the sheet said (names of organisations, never of persons). Until `entered_at` nothing exists but
    this reading. `step` is the step that is being taken for all of them, "" for none.
    """

    id = fields.IntField(primary_key=True)
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    path = fields.CharField(120)
    made_by: fields.ForeignKeyRelation[Person] = belongs("Person")
    made_by_id: int
    made_at = fields.DatetimeField()
    file = fields.CharField(120)
    rows: list[dict[str, Any]] = fields.JSONField(default=list)
    entered_at = fields.DatetimeField(null=True)
    dropped_at = fields.DatetimeField(null=True)
    step = fields.CharField(12, default="")
    step_by: fields.ForeignKeyNullableRelation[Person] = belongs("Person", null=True)
    step_by_id: int | None

    class Meta:
        table = "bundle"
        indexes = (("path", "id"),)

    @property
    def name(self) -> str:
        """What the sheet was called, without the ending of its file."""
        return self.file.rpartition(".")[0] or self.file or self.place.name

    async def counts(self) -> Counter[str]:
        """How many of its agreements stand at each stage."""
        rows = await BundleItem.filter(bundle_id=self.id).values_list("agreement__stage", flat=True)
        return Counter(str(stage) for stage in rows)


class BundleItem(Model):
    """One agreement of a bundle, and the row of the sheet it came from. `fault`: why the last step left it out."""

    id = fields.IntField(primary_key=True)
    bundle: fields.ForeignKeyRelation[Bundle] = belongs("Bundle")
    bundle_id: int
    agreement: fields.OneToOneRelation[Agreement] = fields.OneToOneField("council.Agreement", related_name=False, on_delete=fields.RESTRICT)
    agreement_id: int
    row = fields.IntField()
    fault = fields.CharField(300, default="")

    class Meta:
        table = "bundle_item"
        indexes = (("bundle_id", "id"),)


async def read(place: Place, rows: list[dict[str, Any]], file: str, *, by: Person) -> Bundle:
    """Keep what the sheet said, to be looked at before anything is entered."""
    async with writing():
        await must(by, "agreement.draft", at=place)
        return await Bundle.create(place=place, path=place.path, made_by=by, made_at=clock.now(), file=file[:120], rows=rows)


async def planned(bundle: Bundle) -> Plan:
    """What the sheet would make as things stand now, with every mistake."""
    return plan(bundle.rows, await Known.read(await bundle.place))


async def enter(bundle: Bundle, *, by: Person) -> int:
    """Every agreement of the sheet in one transaction, or none; how many."""
    async with writing():
        place = await bundle.place
        await must(by, "agreement.draft", at=place)
        await _close(bundle, entered_at=clock.now())
        known = await Known.read(place)
        made = plan(bundle.rows, known)
        if made.faults or not made.items:
            raise Refusal("Something has changed since this sheet was read. Send it again.", status=409)
        await _entered(bundle, made, known, by)
        await note("bundle.entered", bundle, by, agreements=len(made.items))
    return len(made.items)


async def _close(bundle: Bundle, **how: datetime) -> None:
    """The sheet waits no longer: entered or given up, each once."""
    if not await Bundle.filter(id=bundle.id, entered_at=None, dropped_at=None).update(rows=[], **how):
        raise Conflict("This sheet has been entered or given up already. Send it again if it is still needed.")


async def _entered(bundle: Bundle, made: Plan, known: Known, by: Person) -> None:
    signatories: list[Signatory] = []
    wordings: list[Edition] = []
    items: list[BundleItem] = []
    for one in made.items:
        agreement = await drafting.composed(known.place, one.draft, one.members, by=by)
        signatories += drafting.parties(agreement, one.members, known.able)
        wordings.append(of_draft(agreement, by))
        items.append(BundleItem(bundle=bundle, agreement=agreement, row=one.row))
        await note("agreement.drafted", agreement, by, signatories=len(one.members), version=1)
    await Signatory.bulk_create(signatories, batch_size=500)
    await Edition.bulk_create(wordings, batch_size=100)
    await BundleItem.bulk_create(items, batch_size=500)
    await Agreement.filter(id__in=[each.agreement_id for each in items]).update(edition=1)


async def give_up(bundle: Bundle, *, by: Person) -> None:
    """Nothing of the sheet is entered."""
    async with writing():
        await must(by, "agreement.draft", at=await bundle.place)
        await _close(bundle, dropped_at=clock.now())


async def begin(bundle: Bundle, step: str, *, by: Person) -> None:
    """A step begins for all agreements that stand before it; `advance` takes it. Within one bundle one step at a time."""
    if step not in STEPS:
        raise NotFound
    async with writing():
        await must(by, "agreement.draft", at=await bundle.place)
        if not await Bundle.filter(id=bundle.id, step="").update(step=step, step_by_id=by.id):
            raise Conflict("A step is being taken already. Wait until it is done.")
        await BundleItem.filter(bundle_id=bundle.id).update(fault="")
        await note("bundle.step_begun", bundle, by, step=step)


async def advance(number: int, origin: str) -> bool:
    """Take the running step for the next few agreements; False when there is nothing left to do.

    An agreement that cannot take it keeps its reason and stays where it is. Called again after a crash it goes on where it stopped.
    """
    bundle = await Bundle.get(id=number).select_related("step_by")
    if not bundle.step or bundle.step_by is None:
        return False
    rows = await _before(bundle, bundle.step)
    for start in range(0, len(rows), BESIDE):
        await asyncio.gather(*(_take(row, bundle.step, bundle.step_by, origin) for row in rows[start : start + BESIDE]))
    if rows:
        return True
    async with writing():
        await Bundle.filter(id=number).update(step="", step_by_id=None)
        await note("bundle.step_done", bundle, bundle.step_by, step=bundle.step)
    return False


async def _before(bundle: Bundle, step: str) -> list[BundleItem]:
    """The next few that stand before a step."""
    rows = BundleItem.filter(bundle_id=bundle.id, agreement__stage=STEPS[step], fault="")
    return await rows.select_related("agreement__place").order_by("id").limit(PORTION)


async def _review(agreement: Agreement, by: Person, _: str) -> None:
    await agreement.review(by=by)


async def _freeze(agreement: Agreement, by: Person, origin: str) -> None:
    if await ChangeRequest.exists(agreement_id=agreement.id, version=agreement.version, kind="change", answer=""):
        raise Refusal("A party asks for a change of this text. Answer it first.")
    await freezing.freeze(agreement, by=by, origin=origin)


async def _send(agreement: Agreement, by: Person, _: str) -> None:
    await freezing.send(agreement, by=by)


TAKES: dict[str, Callable[[Agreement, Person, str], Awaitable[None]]] = {"review": _review, "freezing": _freeze, "sending": _send}


async def _take(item: BundleItem, step: str, by: Person, origin: str) -> None:
    try:
        await TAKES[step](item.agreement, by, origin)
    except Refusal as refusal:
        with speaking(DEFAULT):
            why = str(refusal)
        async with writing():
            await BundleItem.filter(id=item.id).update(fault=why[:300])


async def sent_before(paths: Sequence[str]) -> list[Bundle]:
    """The sheets entered within some paths, the newest first."""
    reach = Q(*(Q(path__startswith=path) for path in paths), join_type="OR")
    return await Bundle.filter(reach, entered_at__isnull=False).select_related("place").order_by("-id").limit(50)


async def items(bundle: Bundle, after: int, limit: int) -> list[BundleItem]:
    """Its agreements in the order of the sheet, behind the item `after`."""
    return await BundleItem.filter(bundle_id=bundle.id, id__gt=after).select_related("agreement").order_by("id").limit(limit)


async def left_out(bundle: Bundle) -> list[BundleItem]:
    """Those the last step left out, each with its reason."""
    return await BundleItem.filter(bundle_id=bundle.id).exclude(fault="").select_related("agreement").order_by("id").limit(100)


async def bundled(agreement: Agreement) -> bool:
    """Was it made from a sheet, together with others?"""
    return await BundleItem.exists(agreement_id=agreement.id)
