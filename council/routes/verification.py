"""Checking a document without signing in: by number or code, or by sending the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import may
from council.partnership import certificates, verification
from council.partnership.agreements import Agreement
from council.refusals import NotFound, Refusal
from council.routes import agreements, forms, limits, pages, sessions
from council.rules.privacy import mask_name
from council.workshop import authority
from council.workshop.pades import Kind

BODY = 6_000_000
TONES = {Kind.VALID: "done", Kind.INCOMPLETE: "warn", Kind.ON_PAPER: "warn"}

PRIVATE_GOOD = Phrase("This document was made here, everybody concerned has signed it, and it is unchanged. What it says is private.")
PRIVATE_BAD = Phrase("This cannot be confirmed: it is not complete, not unchanged, or not from here.")


class Asked(forms.Shape):
    code: Annotated[str, Field(max_length=40)] = ""
    file: UploadFile | None = None


def _root() -> dict[str, str] | None:
    """The root certificate as a stranger needs it."""
    root = certificates.root()
    return {"fingerprint": authority.fingerprint(root)} if root else None


async def form(request: Request, errors: Any = None, kept: Any = None, found: Any = ()) -> Response:
    return pages.show(
        request, "verification/form.html", _("Check a document"), errors=errors, kept=kept or {}, root=_root(),
        found=[{"href": f"/verify/{each.public_code}", "title": each.title, "facts": [each.number, each.place.name]} for each in found],
    )  # fmt: skip


async def check(request: Request) -> Response:
    limits.take(request, "code")
    asked = await forms.read(request, Asked, again=form)
    if asked.file is not None:
        return await _checked(request, asked.file)
    if not asked.code:
        raise Refusal("Write the number or the code, or choose a file.", field="code")
    found = await verification.look_up(asked.code)
    if not found:
        raise Refusal("No agreement in effect has this number or code.", field="code")
    if len(found) == 1:
        return pages.redirect(f"/verify/{found[0].public_code}")
    return await form(request, kept={"code": asked.code}, found=found)


async def _checked(request: Request, sent: UploadFile) -> Response:
    """The verdict on the file; it stays in memory and is forgotten with this answer."""
    finding_ = await verification.check_file(await sent.read(verification.LARGEST + 1))
    agreement = finding_.agreement
    if agreement and agreement.private and not finding_.own_paper:
        return _bare(request, finding_.verdict)
    known = agreement if agreement and not agreement.private and agreement.stage not in ("draft", "review", "frozen", "cancelled") else None
    return pages.show(
        request, "verification/verdict.html", _("What the check found"), verdict=finding_.verdict, tone=TONES.get(finding_.kind, "stop"),
        agreement=known, rows=_signatures(finding_.verdict), root=_root(), sent=sent.filename or "", download="", state=None,
    )  # fmt: skip


def _bare(request: Request, verdict: Any) -> Response:
    """Of what neighbours settled between themselves nothing but whether it is good: not who, not what, not when."""
    said = PRIVATE_GOOD if verdict.valid or verdict.kind is Kind.ON_PAPER else PRIVATE_BAD
    return pages.show(
        request, "verification/private.html", _("What the check found"), good=said is PRIVATE_GOOD, said=str(said), root=_root(),
    )  # fmt: skip


def _signatures(verdict: Any, named: Callable[[str], str] = str) -> list[dict[str, Any]]:
    """Whoever brings a file reads in it who signed; whoever comes with a number alone gets the names masked."""
    return [
        {
            "organisation": each.organisation or each.field, "person": named(each.secretary), "at": each.signed_at, "intact": each.intact,
            "ours": each.ours, "short": authority.short_number(each.serial) if each.serial else "", "fingerprint": each.fingerprint,
        }
        for each in verdict.signatures
    ]  # fmt: skip


async def verdict(request: Request) -> Response:
    """What the code on the paper leads to: the file as it lies in the archive, checked now."""
    agreement, revision, found = await verification.check_code(request.path_params["code"])
    if agreement.private:
        return _bare(request, found)
    insider = await may(sessions.who(request), "agreement.see", agreement)
    return pages.show(
        request, "verification/verdict.html", _("What the check found"), verdict=found, tone=TONES.get(found.kind, "stop"), sent="",
        agreement=agreement, rows=_signatures(found, str if insider else mask_name), root=_root(), state=agreements.stage_of(agreement),
        download=_download(agreement, insider), size=agreements.size_of(revision) if insider else "",
    )  # fmt: skip


def _download(agreement: Agreement, insider: bool) -> str:
    """The signed file for the parties and the archive, the public copy for everybody else once it is in effect."""
    if insider:
        return f"/agreements/{agreement.id}/agreement.pdf"
    return f"/agreements/{agreement.id}/public.pdf" if agreement.public else ""


async def root(request: Request) -> Response:
    """The root certificate, for whoever checks with other tools."""
    found = certificates.root()
    if found is None:
        raise NotFound
    headers = {"content-disposition": 'attachment; filename="root.pem"'}
    return Response(found, media_type="application/x-pem-file", headers=headers)


async def revoked(request: Request) -> Response:
    """The list of dated revocations."""
    if certificates.root() is None:
        raise NotFound
    headers = {"content-disposition": 'attachment; filename="revoked.crl.pem"'}
    return Response(await certificates.revocation_list(), media_type="application/x-pem-file", headers=headers)


routes = [
    Route("/verify", form),
    Route("/verify", check, methods=["POST"], max_body_size=BODY),
    Route("/verify/root.pem", root),
    Route("/verify/revoked.pem", revoked),
    Route("/verify/{code}", verdict),
]
