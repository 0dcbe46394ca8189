"""Signing on a phone: read, write the name, look at it, sign."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import clock
from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.people import Actor, Person
from council.partnership import devices, drafting, finding, ownfiles, sealpictures, signing, sittings, texts
from council.partnership.agreements import Signatory
from council.partnership.signatures import head, key_of
from council.refusals import Forbidden, NotFound
from council.routes import agreements, forms, guard, limits, pages, sessions
from council.routes.standing import number


class Written(forms.Shape):
    wanted = {"intent": Phrase("Tick the box first: it says for whom you sign.")}
    intent: Literal["yes"]
    drawn: Annotated[str, Field(max_length=60_000)] = ""
    typed: Annotated[str, Field(max_length=50)] = ""


class Signed(Written):
    signatory: int
    pin: Annotated[str, Field(max_length=64)] = ""
    preparation: int = 0
    value: Annotated[str, Field(max_length=200)] = ""
    certificate: UploadFile | None = None
    password: Annotated[str, Field(max_length=128)] = ""


def private(request: Request) -> None:
    """A PIN never travels where others could read along; the demonstration has no real keys."""
    if guard.insecure(request) and not pages.Site.demo:
        raise Forbidden("This connection is not encrypted, so nothing is signed here. Use the https address or the community's computer.")


def bearer(request: Request) -> Actor:
    """Who asks: somebody signed in, or whoever came by a personal link."""
    return sessions.who(request)


async def own(request: Request) -> Signatory:
    """The place in the agreement that belongs to whoever asks."""
    return await signing.own_place(request.path_params["id"], bearer(request))


async def link(request: Request) -> Response:
    """A personal link shows the text. It is followed by a click, so that no preview of a chat counts as reading."""
    limits.take(request, "code")
    token = request.path_params["token"]
    signatory = await signing.by_link(token)
    paper = await texts.paper_of(signatory.agreement, agreements.origin(request))
    who = sessions.who(request)
    return pages.show(
        request, "signatures/link.html", signatory.agreement.title, here="agreements", signatory=signatory, token=token,
        agreement=signatory.agreement, reading=texts.reading(paper), address=f"{agreements.origin(request)}/signing/{token}",
        other=who.name if isinstance(who, Person) and who.id != signatory.signer_id else "",
    )  # fmt: skip


async def follow(request: Request) -> Response:
    """From now on this browser holds the place, until it signs out; it still needs the PIN to sign."""
    signatory = await signing.by_link(request.path_params["token"])
    who = sessions.who(request)
    if isinstance(who, Person) and who.id != signatory.signer_id:
        raise Forbidden("You are signed in as %(name)s. Sign out first, then open the link again.", name=who.name)
    await sessions.carry(request, "Signatory", signatory.id)
    return pages.redirect(f"/signatures/{signatory.id}")


async def read(request: Request) -> Response:
    """Step one: the text."""
    signatory = await own(request)
    agreement = signatory.agreement
    paper = await texts.paper_of(agreement, agreements.origin(request))
    return pages.show(
        request, "signatures/read.html", agreement.title, here="agreements", signatory=signatory, agreement=agreement,
        reading=texts.reading(paper), size=agreements.size_of(await head(agreement)), first=await drafting.first_name(agreement),
    )  # fmt: skip


async def have_read(request: Request) -> Response:
    signatory = await own(request)
    await signing.have_read(signatory, by=bearer(request))
    return pages.redirect(f"/signatures/{signatory.id}/hand")


async def hand(request: Request, errors: Any = None, kept: Any = None) -> Response:
    """Step two: the name; before it, once, the key."""
    signatory = await own(request)
    await signing.check_turn(signatory, by=bearer(request))
    key = await key_of(signatory)
    if key is None or key.locked:
        return pages.redirect(f"/signatures/{signatory.id}/key")
    return pages.show(
        request, "signatures/hand.html", _("Write your name"), here="agreements", errors=errors, kept=kept or {}, signatory=signatory,
        agreement=signatory.agreement, seal=await sealpictures.of(signatory),
        written=await sealpictures.of(signatory, "hand"), tried=request.url.path.rpartition("/")[2],
    )  # fmt: skip


async def preview(request: Request) -> Response:
    """Step three: how it will look on the paper; nothing is signed yet."""
    signatory = await own(request)
    form = await forms.read(request, Written, again=hand)
    return await _shown(request, signatory, signing.Hand(form.drawn, form.typed))


async def _shown(request: Request, signatory: Signatory, written: signing.Hand, errors: Any = None) -> Response:
    await signing.check_turn(signatory, by=bearer(request))
    drawn, key = signing.written(signatory, written), await key_of(signatory)
    if key is None:
        raise NotFound
    shown = await signing.mark(signatory, drawn, clock.now(), int(key.serial))
    waiting = await devices.prepare(signatory, written, by=bearer(request)) if key.custody == "A" else None
    return pages.show(
        request, "signatures/preview.html", _("Look at it and sign"), here="agreements", errors=errors, signatory=signatory,
        agreement=signatory.agreement, mark=shown, written=written, custody=key.custody, waiting=waiting,
        to_sign=devices.to_sign(waiting) if waiting else "", public=devices.public_of(key) if waiting else "",
    )  # fmt: skip


async def again(request: Request, errors: Any = None, kept: Any = None) -> Response:
    """The preview once more, after a wrong PIN."""
    signatory = await signing.own_place(number(str(kept.get("signatory", ""))), bearer(request))
    return await _shown(request, signatory, signing.Hand(kept.get("drawn", ""), kept.get("typed", "")), errors)


async def sign(request: Request) -> Response:
    agreement_id = request.path_params["id"]
    private(request)
    form = await forms.read(request, Signed, again=again)
    signatory = await signing.own_place(form.signatory, bearer(request))
    if signatory.agreement_id != agreement_id:
        raise NotFound
    await _signed(signatory, form, bearer(request))
    return pages.redirect(await _onward(signatory, bearer(request)))


async def _onward(signatory: Signatory, by: Actor) -> str:
    """After signing: the next document of a sitting that is going on, else the receipt."""
    sitting = await sittings.running(by) if isinstance(by, Person) else None
    if sitting is None or sitting.hand is None or not isinstance(by, Person):
        return f"/signatures/{signatory.id}/receipt"
    ahead = await sittings.next_ones(by, sitting.later, limit=1)
    return f"/sitting/{ahead[0].id}" if ahead else "/sitting"


async def _signed(signatory: Signatory, form: Signed, by: Actor) -> None:
    """With the key that this signatory has: in the browser, in the unit's own file, or here under the PIN."""
    hand = signing.Hand(form.drawn, form.typed)
    if form.preparation:
        await devices.sign(signatory, form.preparation, form.value, by=by)
    elif form.certificate is not None:
        await ownfiles.sign(signatory, hand, await form.certificate.read(ownfiles.LARGEST + 1), form.password, by=by)
    else:
        await signing.sign(signatory, hand, form.pin, by=by)


async def receipt(request: Request) -> Response:
    signatory = await own(request)
    if signatory.signed_at is None:
        return pages.redirect(f"/signatures/{signatory.id}")
    agreement = signatory.agreement
    newest, made = await head(agreement), await finding.signed_file(signatory)
    rows = [agreements.row_of(each) for each in await agreement.signatories()]
    return pages.show(
        request, "signatures/receipt.html", _("You have signed"), here="agreements", signatory=signatory, agreement=agreement, rows=rows,
        missing=sum(row["stage"] != "signed" for row in rows), made=made, size=agreements.size_of(newest),
        check=f"{agreements.origin(request)}/verify/{agreement.public_code}",
    )  # fmt: skip


routes = [
    Route("/signing/{token}", link),
    Route("/signing/{token}", follow, methods=["POST"]),
    Route("/signatures/{id:int}", read),
    Route("/signatures/{id:int}/reading", have_read, methods=["POST"]),
    Route("/signatures/{id:int}/hand", hand),
    Route("/signatures/{id:int}/preview", preview, methods=["POST"], max_body_size=forms.LONG),
    Route("/signatures/{id:int}/receipt", receipt),
    Route("/agreements/{id:int}/signatures", sign, methods=["POST"], max_body_size=forms.LONG),
]
