"""From a reviewed text to the file everybody signs, and back: any change afterwards is a new version without signatures."""

from __future__ import annotations

from hashlib import sha256

from council import clock
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Person
from council.partnership import files, supplements, texts
from council.partnership.agreements import Agreement, Signatory
from council.partnership.signatures import Revision
from council.partnership.signers import still_signs
from council.refusals import Conflict, Refusal
from council.workshop import pades, pdf
from council.workshop.papers import AgreementPaper
from council.workshop.pdf import Rendered


async def _fields(paper: AgreementPaper, made: Rendered) -> bytes:
    """The printed file with an empty field for every signatory."""
    names = {f"sig-{each.key}": each.organisation for each in paper.signatories}
    if set(names) != set(made.boxes):
        raise RuntimeError("a signatory has no box on the paper")
    return await pades.prepare_fields(made.pdf, [pades.Field(name, made.boxes[name], names[name]) for name in names])


async def freeze(agreement: Agreement, *, by: Person, origin: str) -> Revision:
    """Print the text, pre-make the fields, keep the file under its SHA-256. `origin` is our public address."""
    await must(by, "agreement.freeze", agreement)
    _day_ahead(agreement)
    await _still_in_office(agreement)
    await supplements.check(agreement)
    paper = await texts.draft_paper(agreement, origin)
    made = await pdf.render(texts.printable(paper))
    data = await _fields(paper, made)
    name = await files.keep(data)
    async with writing():
        agreement = await Agreement.get(id=agreement.id)
        await must(by, "agreement.freeze", agreement)
        if (await texts.draft_paper(agreement, origin)).digest != paper.digest:
            raise Conflict("The text or its lists were changed meanwhile. Read it again before fixing it.")
        agreement.frozen, agreement.pages, agreement.frozen_at = texts.as_json(paper), made.pages, clock.now()
        agreement.digest = sha256(data).hexdigest()
        await agreement.move("frozen", "frozen", "pages", "frozen_at", "digest")
        revision = await Revision.create(
            agreement=agreement,
            version=agreement.version,
            n=0,
            digest=agreement.digest,
            file=name,
            size=len(data),
            at=clock.now(),
        )
        await note(
            "agreement.frozen",
            agreement,
            by,
            version=agreement.version,
            sha256=agreement.digest,
            pages=made.pages,
        )
    return revision


def _day_ahead(agreement: Agreement) -> None:
    if agreement.sign_by and agreement.sign_by < clock.today():
        raise Refusal("The day for signing has passed. Edit the text and set a later one.", status=409)


async def _still_in_office(agreement: Agreement) -> None:
    for row in await agreement.signatories():
        if not await still_signs(row):
            raise Refusal(
                "%(person)s is no longer in office at %(name)s. Choose who signs.",
                person=row.signer.name,
                name=row.name,
            )


# A signatory under a new version: whoever was handed the signing is now named in the text itself.
UNASKED = {
    "read_at": None, "signed_at": None, "serial": "", "reason": "", "link_digest": "", "link_ends_at": None, "asked_at": None,
    "reminded": 0, "instead_of_id": None,
}  # fmt: skip


async def signed_so_far(agreement: Agreement) -> int:
    return await Signatory.filter(agreement_id=agreement.id, stage="signed").count()


async def reopen(agreement: Agreement, reason: str, *, by: Person) -> int:
    """Back to the draft under a new version. Every signature made so far is void; how many were."""
    if not reason.strip():
        raise Refusal("Write down the reason. Every signatory reads it.", field="reason")
    async with writing():
        agreement = await Agreement.get(id=agreement.id)
        await must(by, "agreement.unfreeze", agreement)
        void = await signed_so_far(agreement)
        agreement.version, agreement.frozen, agreement.digest, agreement.pages = (
            agreement.version + 1,
            {},
            "",
            0,
        )
        agreement.frozen_at, agreement.reason = None, reason
        await agreement.move("draft", "version", "frozen", "digest", "pages", "frozen_at", "reason")
        # Not a move of the signatories: under the new version nobody has read or signed anything yet.
        await Signatory.filter(agreement_id=agreement.id).update(stage="invited", **UNASKED)
        await note(
            "agreement.reopened",
            agreement,
            by,
            texts={"reason": reason},
            version=agreement.version,
            void=void,
        )
    return void


async def send(agreement: Agreement, *, by: Person) -> None:
    """Open the signing."""
    async with writing():
        await must(by, "agreement.send", agreement)
        _day_ahead(agreement)
        await agreement.move("signing")
        await Signatory.filter(agreement_id=agreement.id, order=0).update(asked_at=clock.now(), reminded=0)
        await note("agreement.sent", agreement, by, version=agreement.version)


ACROSS = {"draft": "草案 未生效", "review": "草案 未生效", "frozen": "尚未生效", "signing": "尚未生效"}


async def reading_copy(agreement: Agreement, origin: str) -> bytes:
    """A copy to hand round before it is in effect: a word across every page, nobody's signature; it has no fields and cannot be signed."""
    paper = await texts.paper_of(agreement, origin)
    return (await pdf.render(texts.printable(paper, ACROSS.get(agreement.stage, "未生效")))).pdf
