"""Documents beside a topic: read by those in the meeting, laid there by the office."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import may
from council.proceedings import documents
from council.proceedings.documents import LARGEST, Document
from council.refusals import Refusal
from council.routes import forms, opinions, pages, sessions
from council.routes.standing import me, signed_in
from council.text import Line


class DocumentForm(forms.Shape):
    title: Annotated[Line, Field(min_length=2, max_length=120)]
    file: UploadFile | None = None


async def page(request: Request, errors: Any = None, kept: Any = None) -> Response:
    item, meeting = await opinions.item_in_sight(request)
    return pages.show(
        request, "meetings/documents.html", _("Documents"), here="meetings", errors=errors, kept=kept or {}, item=item, meeting=meeting,
        documents=await Document.of(item), adds=await may(sessions.who(request), "document.add", meeting),
    )  # fmt: skip


@signed_in
async def add(request: Request) -> Response:
    item, meeting = await opinions.item_in_sight(request)
    given = await forms.read(request, DocumentForm, again=page)
    if given.file is None:
        raise Refusal("Choose the file.", field="file")
    await documents.add(item, meeting, given.title, await given.file.read(LARGEST + 1), by=me(request))
    return pages.redirect(f"/items/{item.id}/documents", Phrase("Those in the meeting can read it now."))


@signed_in
async def withdraw(request: Request) -> Response:
    document, meeting = await Document.find(request.path_params["id"], sessions.who(request))
    await documents.withdraw(document, meeting, by=me(request))
    return pages.redirect(f"/items/{document.item_id}/documents", Phrase("It is taken back."), "note")


async def file(request: Request) -> Response:
    document, _meeting = await Document.find(request.path_params["id"], sessions.who(request))
    headers = {"content-disposition": f'attachment; filename="document-{document.id}.pdf"', "cache-control": "private, no-store",
               "content-security-policy": "default-src 'none'; sandbox"}  # fmt: skip
    return FileResponse(document.path, media_type="application/pdf", headers=headers)


routes = [
    Route("/items/{id:int}/documents", page),
    Route("/items/{id:int}/documents", add, methods=["POST"], max_body_size=LARGEST + 200_000),
    Route("/documents/{id:int}/withdrawal", withdraw, methods=["POST"]),
    Route("/documents/{id:int}/file.pdf", file),
]
