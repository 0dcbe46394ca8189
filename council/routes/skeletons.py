"""A community's own templates of agreements: list, one with its versions, a new wording, its end."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase, moment
from council.i18n import gettext as _
from council.neighbourhood import listing
from council.neighbourhood.places import Place
from council.partnership import skeletons
from council.partnership.skeletons import Skeleton
from council.routes import forms, pages
from council.routes.needs import places
from council.routes.standing import enter, find, me, needed, signed_in, upwards
from council.rules import categories
from council.text import Line

BLANKS = {"first_day": "〔首日〕", "last_day": "〔末日〕", "copies": "〔份数〕", "street": "〔街道〕", "contents": "〔共建内容〕"}
BLANKS["month"] = "〔月份〕"


class NewSkeleton(forms.Shape):
    place: int
    name: Annotated[Line, Field(min_length=2, max_length=60)]
    text: Annotated[str, Field(min_length=10, max_length=30_000)]


def built_in() -> str:
    """The skeleton that comes with the product, as text to begin from."""
    articles = "\n\n".join(f"# {each.heading}\n{each.body}" for each in categories.skeleton(BLANKS))
    return f"{categories.preamble()}\n\n{articles}"


@signed_in
async def index(request: Request) -> Response:
    found = [one for path in enter(request, "skeleton.keep") for one in await skeletons.skeletons(path)]
    rows = [
        {"href": f"/skeletons/{s.id}", "title": s.name, "facts": [s.place.name, _("Version %(n)s") % {"n": s.version}], "note": moment(s.at)}
        for s in found
    ]
    return pages.show(request, "skeletons/list.html", _("Templates of agreements"), here="agreements", rows=rows)


@signed_in
async def new(request: Request, errors: Any = None, kept: Any = None) -> Response:
    enter(request, "skeleton.keep")
    where = [each for each in await places(request, "skeleton.keep") if each.level == "COMMUNITY"]
    kept = kept or {"place": str(where[0].id) if where else "", "text": built_in()}
    return pages.show(
        request, "skeletons/form.html", _("Make a template"), here="agreements", errors=errors, kept=kept, places=listing.options(where),
        fields="、".join(f"〔{name}〕" for name in skeletons.FIELDS), back="/skeletons",
    )  # fmt: skip


@signed_in
async def keep(request: Request) -> Response:
    enter(request, "skeleton.keep")
    form = await forms.read(request, NewSkeleton, again=new)
    place = await needed(request, Place, form.place, "skeleton.keep", "place")
    made = await skeletons.keep(place, form.name, form.text, by=me(request))
    return pages.redirect(f"/skeletons/{made.id}", Phrase("Saved as version %(n)s.", n=made.version))


@signed_in
async def page(request: Request) -> Response:
    made = await find(request, Skeleton, "skeleton.keep", "place", "by")
    return pages.show(
        request, "skeletons/page.html", made.name, here="agreements", skeleton=made, versions=await skeletons.history(made),
        kept={"place": str(made.place_id), "name": made.name, "text": made.text},
    )  # fmt: skip


@signed_in
async def edit(request: Request) -> Response:
    """The form for the next version, filled with this one."""
    made = await find(request, Skeleton, "skeleton.keep", "place")
    return await new(request, kept={"place": str(made.place_id), "name": made.name, "text": made.text})


@signed_in
async def end(request: Request) -> Response:
    made = await find(request, Skeleton, "skeleton.keep", "place")
    await skeletons.end(made, by=me(request))
    return pages.redirect("/skeletons", Phrase("“%(title)s” has been taken off the list.", title=made.name))


routes = [
    Route("/skeletons", index),
    Route("/skeletons", keep, methods=["POST"], max_body_size=forms.LONG),
    Route("/skeletons/new", new),
    Route("/skeletons/{id:int}", page),
    Route("/skeletons/{id:int}/correction", edit),
    Route("/skeletons/{id:int}/end", end, methods=["POST"]),
    Route("/skeletons/{id:int}/end", upwards),
]
