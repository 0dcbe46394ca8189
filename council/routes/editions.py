"""The wordings of an agreement: compare two of them, comment an article, agree with the present one."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.partnership import editions, finding
from council.refusals import Forbidden
from council.routes import agreements, forms, pages, sessions
from council.routes.standing import asked, number, upwards


class Comment(forms.Shape):
    clause: Annotated[int, Field(ge=0, le=99)] = 0
    text: Annotated[str, Field(min_length=2, max_length=1000)]


class Consent(forms.Shape):
    edition: int


async def index(request: Request) -> Response:
    """Every wording; two of them compared, the last two unless the address names others."""
    agreement = await finding.inside(request.path_params["id"], sessions.who(request))
    made, wanted = await editions.editions(agreement), asked(request, "old", "new")
    new = number(wanted["new"]) or agreement.edition
    old = number(wanted["old"]) or max(1, new - 1)
    changed = editions.compare(await editions.edition(agreement, old), await editions.edition(agreement, new)) if made else []
    return pages.show(
        request, "agreements/editions.html", _("How the text has changed"), here="agreements", agreement=agreement, editions=made,
        changed=changed, old=str(old), new=str(new), choices=[(str(e.n), _("Wording %(n)s, %(name)s") % {"n": e.n, "name": e.by.name}) for e in made],
    )  # fmt: skip


async def comment(request: Request) -> Response:
    who = sessions.who(request)
    agreement = await finding.inside(request.path_params["id"], who)
    form = await forms.read(request, Comment, again=agreements.text)
    await editions.comment(agreement, form.clause, form.text, by=who)
    return pages.redirect(f"/agreements/{agreement.id}/text#article-{form.clause or 1}", Phrase("Your comment stands beside the text."))


async def agree(request: Request) -> Response:
    who = sessions.who(request)
    agreement = await finding.inside(request.path_params["id"], who)
    form = await forms.read(request, Consent, again=agreements.text)
    mine = await finding.own_signatory(agreement, who)
    if mine is None:
        raise Forbidden("This is not yours to do.")
    await editions.agree(mine, form.edition, by=who)
    return pages.redirect(f"/agreements/{agreement.id}", Phrase("You agree with this wording. It is no signature yet."))


routes = [
    Route("/agreements/{id:int}/versions", index),
    Route("/agreements/{id:int}/comments", comment, methods=["POST"]),
    Route("/agreements/{id:int}/comments", upwards),
    Route("/agreements/{id:int}/consents", agree, methods=["POST"]),
    Route("/agreements/{id:int}/consents", upwards),
]
