"""What a signatory can do instead of signing here and now: decline, ask for a change, let somebody else sign, go on on a phone."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase, day
from council.i18n import gettext as _
from council.neighbourhood.people import Person
from council.partnership import delegation, finding, leaving, sealpictures, signing, texts
from council.partnership.agreements import Signatory
from council.refusals import Forbidden
from council.routes import agreements, forms, pages
from council.routes.signatures import bearer, hand, own
from council.routes.standing import upwards


class Refused(forms.Shape):
    reason: Annotated[str, Field(min_length=2, max_length=300)]


class Handing(forms.Shape):
    office: int
    reason: Annotated[str, Field(min_length=2, max_length=300)]


class Change(forms.Shape):
    clause: Annotated[int, Field(ge=0, le=99)] = 0
    text: Annotated[str, Field(min_length=2, max_length=1000)]


async def refusing(request: Request, errors: Any = None, kept: Any = None) -> Response:
    signatory = await own(request)
    return pages.show(
        request, "signatures/refusal.html", _("Decline to sign"), here="agreements", errors=errors, kept=kept or {}, signatory=signatory,
        agreement=signatory.agreement,
    )  # fmt: skip


async def refuse(request: Request) -> Response:
    signatory = await own(request)
    form = await forms.read(request, Refused, again=refusing)
    await signing.decline(signatory, form.reason, by=bearer(request))
    return pages.redirect(f"/agreements/{signatory.agreement_id}", Phrase("You have declined. Everybody is told the reason."), "note")


async def handing_over(request: Request, errors: Any = None, kept: Any = None) -> Response:
    signatory = await own(request)
    able = await delegation.deputies(signatory)
    return pages.show(
        request, "signatures/delegation.html", _("Let somebody else sign"), here="agreements", errors=errors, kept=kept or {},
        signatory=signatory, offices=[(str(each.id), f"{each.person.name}（{texts.duty(each.code)}）") for each in able],
    )  # fmt: skip


async def hand_over(request: Request) -> Response:
    signatory = await own(request)
    form = await forms.read(request, Handing, again=handing_over)
    await delegation.delegate(signatory, form.office, form.reason, by=bearer(request))
    path = f"/agreements/{signatory.agreement_id}" if isinstance(bearer(request), Person) else "/"
    return pages.redirect(path, Phrase("The signing has been handed over. Everybody is told."))


async def to_phone(request: Request) -> Response:
    """A QR code to go on on the phone, shown this once."""
    signatory = await own(request)
    token = await signing.move_to_phone(signatory, by=bearer(request))
    return pages.show(
        request, "signatures/phone.html", _("Go on on the phone"), here="agreements", signatory=signatory,
        address=f"{agreements.origin(request)}/signing/{token}", minutes=signing.PHONE_LASTS.seconds // 60,
    )  # fmt: skip


async def my_place(request: Request) -> Signatory:
    """The place of whoever asks in the agreement the address names."""
    agreement = await finding.inside(request.path_params["id"], bearer(request))
    signatory = await finding.own_signatory(agreement, bearer(request))
    if signatory is None:
        raise Forbidden("This is not yours to do.")
    return signatory


async def leave(request: Request) -> Response:
    signatory = await my_place(request)
    form = await forms.read(request, Refused, again=agreements.page)
    made = await leaving.give_notice(signatory, form.reason, by=bearer(request))
    said = Phrase("Notice given: your last day in it is %(day)s.", day=day(made.leaves_on))
    return pages.redirect(f"/agreements/{signatory.agreement_id}", said, "note")


async def stay(request: Request) -> Response:
    signatory = await my_place(request)
    await leaving.take_back(signatory, by=bearer(request))
    return pages.redirect(f"/agreements/{signatory.agreement_id}", Phrase("Your notice is taken back."))


class Seal(forms.Shape):
    picture: UploadFile | None = None


async def seal(request: Request) -> Response:
    """A picture of the unit's seal beside the mark; sent without a picture it is taken away."""
    signatory = await own(request)
    form = await forms.read(request, Seal, again=hand)
    if form.picture is None:
        await sealpictures.drop(signatory, by=bearer(request))
        return pages.redirect(f"/signatures/{signatory.id}/hand", Phrase("The picture of the seal has been taken away."))
    await sealpictures.keep(signatory, await form.picture.read(sealpictures.LARGEST + 1), by=bearer(request))
    return pages.redirect(f"/signatures/{signatory.id}/hand", Phrase("The picture of the seal will stand beside your name, labelled as a picture."))


async def handwriting(request: Request) -> Response:
    """A picture of the written name in place of the typed one; sent without a picture it is taken away."""
    signatory = await own(request)
    form = await forms.read(request, Seal, again=hand)
    if form.picture is None:
        await sealpictures.drop(signatory, by=bearer(request), role="hand")
        return pages.redirect(f"/signatures/{signatory.id}/hand", Phrase("The picture has been taken away."))
    await sealpictures.keep(signatory, await form.picture.read(sealpictures.LARGEST + 1), by=bearer(request), role="hand")
    said = Phrase("The picture will stand in place of your name. Now type your name and look at it.")
    return pages.redirect(f"/signatures/{signatory.id}/hand", said)


async def ask(request: Request) -> Response:
    """A signatory asks for another wording."""
    agreement = await finding.inside(request.path_params["id"], bearer(request))
    signatory = await finding.own_signatory(agreement, bearer(request))
    form = await forms.read(request, Change, again=agreements.page)
    if signatory is None:
        raise Forbidden("This is not yours to do.")
    await agreement.ask_change(signatory, form.text, by=bearer(request), clause=form.clause or None)
    return pages.redirect(f"/agreements/{agreement.id}", Phrase("Your request stands on the page of the agreement."))


routes = [
    Route("/signatures/{id:int}/refusal", refusing),
    Route("/signatures/{id:int}/refusal", refuse, methods=["POST"]),
    Route("/signatures/{id:int}/delegation", handing_over),
    Route("/signatures/{id:int}/delegation", hand_over, methods=["POST"]),
    Route("/signatures/{id:int}/phone", to_phone, methods=["POST"]),
    Route("/signatures/{id:int}/phone", upwards),
    Route("/agreements/{id:int}/leaving", leave, methods=["POST"]),
    Route("/agreements/{id:int}/leaving", upwards),
    Route("/agreements/{id:int}/leaving/withdrawal", stay, methods=["POST"]),
    Route("/signatures/{id:int}/seal", seal, methods=["POST"], max_body_size=sealpictures.LARGEST + 200_000),
    Route("/signatures/{id:int}/seal", upwards),
    Route("/signatures/{id:int}/handwriting", handwriting, methods=["POST"], max_body_size=sealpictures.LARGEST + 200_000),
    Route("/signatures/{id:int}/handwriting", upwards),
    Route("/agreements/{id:int}/changes", ask, methods=["POST"]),
]
