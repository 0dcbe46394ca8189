"""The key of a signatory: born in the browser, kept here under a PIN, or the unit's own certificate; each made with an identity code."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase, moment
from council.i18n import gettext as _
from council.neighbourhood.people import Person
from council.partnership import devices, keys, ownfiles, revocations, sittings
from council.partnership.agreements import Signatory
from council.partnership.signatures import key_of
from council.routes import forms, pages
from council.routes.signatures import bearer, own, private
from council.routes.standing import me, signed_in, upwards
from council.workshop import authority

Code = Annotated[str, Field(min_length=1, max_length=20)]
Pin = Annotated[str, Field(min_length=1, max_length=64)]


class NewKey(forms.Shape):
    code: Code
    pin: Pin
    again: Pin


class BrowserKey(forms.Shape):
    code: Code
    public: Annotated[str, Field(max_length=400)]
    proof: Annotated[str, Field(max_length=200)]


class CertificateFile(forms.Shape):
    code: Code
    certificate: UploadFile
    password: Annotated[str, Field(max_length=128)] = ""


async def new_key(request: Request, errors: Any = None, kept: Any = None) -> Response:
    signatory = await own(request)
    key = await key_of(signatory)
    return pages.show(
        request, "signatures/key.html", _("Make your key"), here="agreements", errors=errors, kept=kept or {}, signatory=signatory,
        waiting=await keys.open_code(signatory) is not None, locked=key is not None and key.locked, has=key is not None,
    )  # fmt: skip


async def make_key(request: Request) -> Response:
    signatory = await own(request)
    private(request)
    form = await forms.read(request, NewKey, again=new_key)
    await keys.make_key(signatory, form.code, form.pin, form.again, by=bearer(request))
    return pages.redirect(await _with_key(request, signatory), Phrase("Your key has been made. Only your PIN opens it: keep it to yourself."))


async def _with_key(request: Request, signatory: Signatory) -> str:
    """Where to go with a new key: to all that waits where that is more than this one, else to writing the name."""
    who = bearer(request)
    many = isinstance(who, Person) and await sittings.waiting(who) > 1
    return "/sitting" if many else f"/signatures/{signatory.id}/hand"


async def make_browser_key(request: Request) -> Response:
    """The browser made the key; the private half stays there."""
    signatory = await own(request)
    private(request)
    form = await forms.read(request, BrowserKey, again=new_key)
    await devices.register(signatory, form.code, form.public, form.proof, by=bearer(request))
    return pages.redirect(await _with_key(request, signatory), Phrase("Your key has been made. It stays in this browser and nowhere else."))


async def record_certificate(request: Request) -> Response:
    signatory = await own(request)
    private(request)
    form = await forms.read(request, CertificateFile, again=new_key)
    data = await form.certificate.read(ownfiles.LARGEST + 1)
    await ownfiles.register(signatory, form.code, data, form.password, by=bearer(request))
    return pages.redirect(await _with_key(request, signatory), Phrase("Your unit's certificate has been recorded. The file itself is not kept."))


CUSTODY = {
    "A": Phrase("born in the signatory's own browser and never outside it"),
    "C": Phrase("in the unit's own certificate file, which is not kept here"),
    "B": Phrase("kept here, opened only by the signatory's own PIN together with the server's secret"),
}  # fmt: skip


class Loss(forms.Shape):
    reason: Annotated[str, Field(min_length=2, max_length=200)]


@signed_in
async def own_keys(request: Request) -> Response:
    rows = [
        {
            "href": f"/signing-keys/{each.id}", "title": each.organisation.name if each.organisation else each.person.name,
            "stage": _("no longer signs") if each.revoked_on else _("can sign"), "tone": "stop" if each.revoked_on else "done",
            "facts": [authority.short_number(int(each.serial)), moment(each.made_at)],
        }
        for each in await revocations.own(me(request))
    ]  # fmt: skip
    return pages.show(request, "signatures/keys.html", _("My signing keys"), here="agreements", rows=rows)


@signed_in
async def one_key(request: Request, errors: Any = None, kept: Any = None) -> Response:
    key = await revocations.found(request.path_params["id"], me(request))
    title = key.organisation.name if key.organisation else key.person.name
    return pages.show(
        request, "signatures/lost.html", title, here="agreements", errors=errors, kept=kept or {}, key=key, mine=key.person_id == me(request).id,
        number=authority.short_number(int(key.serial)), custody=CUSTODY[key.custody],
    )  # fmt: skip


@signed_in
async def revoke(request: Request) -> Response:
    key = await revocations.found(request.path_params["id"], me(request))
    form = await forms.read(request, Loss, again=one_key)
    await revocations.revoke(key, form.reason, by=me(request))
    return pages.redirect(f"/signing-keys/{key.id}", Phrase("This key signs nothing more. What it signed before stays good."))


routes = [
    Route("/signing-keys", own_keys),
    Route("/signing-keys/{id:int}", one_key),
    Route("/signing-keys/{id:int}/revocation", revoke, methods=["POST"]),
    Route("/signing-keys/{id:int}/revocation", upwards),
    Route("/signatures/{id:int}/key", new_key),
    Route("/signatures/{id:int}/key", make_key, methods=["POST"]),
    Route("/signatures/{id:int}/browser-key", make_browser_key, methods=["POST"]),
    Route("/signatures/{id:int}/certificate", record_certificate, methods=["POST"]),
]
