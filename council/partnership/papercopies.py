"""The way over paper: the fixed text is printed, signed and sealed by all, scanned by one officer and confirmed by another."""

from __future__ import annotations

from datetime import date, datetime, time
from hashlib import sha256

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Person
from council.partnership import files, signing
from council.partnership.agreements import Agreement, Signatory
from council.refusals import Conflict, Forbidden, NotFound, Refusal

LARGEST = 15_000_000  # bytes of a scan


class PaperCopy(Model):
    """The scan of a copy that all signed by hand. It counts only once a second officer has compared it with the fixed text."""

    id = fields.IntField(primary_key=True)
    agreement: fields.ForeignKeyRelation[Agreement] = belongs("Agreement")
    agreement_id: int
    version = fields.IntField()
    file = fields.CharField(80)
    digest = fields.CharField(64)
    signed_on = fields.DateField()
    entered_by: fields.ForeignKeyRelation[Person] = belongs("Person")
    entered_by_id: int
    entered_at = fields.DatetimeField()
    confirmed_by: fields.ForeignKeyNullableRelation[Person] = belongs("Person", null=True)
    confirmed_by_id: int | None
    confirmed_at = fields.DatetimeField(null=True)
    dropped_at = fields.DatetimeField(null=True)

    class Meta:
        table = "paper_copy"


async def of(agreement: Agreement) -> PaperCopy | None:
    """The scan of the present version, waiting or confirmed."""
    rows = PaperCopy.filter(agreement_id=agreement.id, version=agreement.version, dropped_at=None)
    return await rows.select_related("entered_by", "confirmed_by").order_by("-id").first()


async def enter(agreement: Agreement, data: bytes, signed_on: date, *, by: Person) -> PaperCopy:
    """Keep the scan (PDF) of the signed paper. `signed_on` is the day of the last signature on it."""
    if len(data) > LARGEST:
        raise Refusal("This file is too large. It may have %(mb)s MB.", mb=LARGEST // 1_000_000, status=413, field="scan")
    if not data.startswith(b"%PDF-"):
        raise Refusal("Send the scan of all pages as one PDF file.", field="scan")
    await must(by, "agreement.enter_paper", agreement)
    if signed_on > clock.today() or agreement.frozen_at is None or signed_on < clock.local(agreement.frozen_at).date():
        raise Refusal("The day lies before the text was fixed, or in the future.", field="signed_on")
    name = await files.keep(data)
    async with writing():
        await must(by, "agreement.enter_paper", await Agreement.get(id=agreement.id))
        if await of(agreement):
            raise Conflict("A scan waits to be confirmed already.")
        made = await PaperCopy.create(
            agreement=agreement, version=agreement.version, file=name, digest=sha256(data).hexdigest(), signed_on=signed_on,
            entered_by=by, entered_at=clock.now(),
        )  # fmt: skip
        await note("agreement.paper_entered", agreement, by, sha256=made.digest, version=agreement.version)
    return made


async def _waiting(agreement: Agreement) -> PaperCopy:
    found = await of(agreement)
    if found is None or found.confirmed_at is not None:
        raise NotFound
    return found


async def confirm(agreement: Agreement, *, by: Person) -> None:
    """A second officer has compared the scan with the fixed text, page by page, and every signature and seal. It is signed by all."""
    async with writing():
        agreement = await Agreement.get(id=agreement.id)
        await must(by, "agreement.enter_paper", agreement)
        copy = await _waiting(agreement)
        if copy.entered_by_id == by.id:
            raise Forbidden("Whoever entered the scan does not confirm it. Ask a colleague.")
        await PaperCopy.filter(id=copy.id).update(confirmed_by_id=by.id, confirmed_at=clock.now())
        at = datetime.combine(copy.signed_on, time(12), clock.ZONE)
        await Signatory.filter(agreement_id=agreement.id, stage__in=("invited", "read")).update(stage="signed", signed_at=at)
        agreement.level = "paper"
        await agreement.save(update_fields=["level"])
        await note("agreement.paper_confirmed", agreement, by, entered_by=copy.entered_by_id, sha256=copy.digest)
        await signing.complete(agreement, by)


async def drop(agreement: Agreement, *, by: Person) -> None:
    """The scan is not right: it counts for nothing, and another can be entered."""
    async with writing():
        await must(by, "agreement.enter_paper", await Agreement.get(id=agreement.id))
        copy = await _waiting(agreement)
        await PaperCopy.filter(id=copy.id).update(dropped_at=clock.now())
        await note("agreement.paper_dropped", agreement, by, sha256=copy.digest)


async def scan(agreement: Agreement) -> bytes:
    """The scan, for the parties and the staff."""
    found = await of(agreement)
    if found is None:
        raise NotFound
    return await files.read(found.file)
