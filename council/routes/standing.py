"""Standing records at the door: finding one within reach, showing a list of them, reading what a form names."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from tortoise.models import Model

from council.i18n import Phrase
from council.neighbourhood import corrections, listing, lists
from council.neighbourhood.offices import Office, may
from council.neighbourhood.people import Person
from council.neighbourhood.titles import OFFICES
from council.refusals import NotFound, Refusal
from council.routes import forms, pages, sessions

M = TypeVar("M", bound=Model)
View = Callable[..., Awaitable[Response]]
SIZE = 20  # rows of a public list


class End(forms.Shape):
    last_day: date


def signed_in(view: View) -> View:
    """Whoever is not signed in is led to the door, and back afterwards."""

    @wraps(view)
    async def led(request: Request, **more: Any) -> Response:
        if not isinstance(sessions.who(request), Person):
            path = request.url.path if request.method == "GET" else "/"
            return pages.redirect(f"/sign-in?next={quote(path)}")
        return await view(request, **more)

    return led


async def upwards(request: Request) -> Response:
    """An address that only takes acts, opened again or reloaded: to the page it belongs to."""
    return pages.redirect(request.url.path.rpartition("/")[0])


def me(request: Request) -> Person:
    """Who is signed in; use behind `signed_in`."""
    who = sessions.who(request)
    if not isinstance(who, Person):
        raise NotFound
    return who


async def find(request: Request, model: type[M], act: str, *related: str) -> M:
    """The record that the address names, if `act` is allowed on it: what you may not see does not exist."""
    return await lists.seen(model, request.path_params["id"], sessions.who(request), act, *related)


async def chosen(request: Request, model: type[M], number: int | None, act: str, field: str) -> M | None:
    """The record that a form names, if it lies within reach of `act`; None for an empty choice."""
    if not number:
        return None
    record = await lists.allowed(model, number, sessions.who(request), act)
    if record is None:
        raise Refusal("Choose one of the answers shown.", field=field)
    return record


async def needed(request: Request, model: type[M], number: int | None, act: str, field: str) -> M:
    """Like `chosen`, but something must be chosen."""
    record = await chosen(request, model, number, act, field)
    if record is None:
        raise Refusal("Choose one of the answers shown.", field=field)
    return record


def enter(request: Request, act: str) -> tuple[str, ...]:
    """The paths within which this person may do `act`; the page does not exist for somebody without any."""
    paths = listing.reach(sessions.held(request), act)
    if not paths:
        raise NotFound
    return paths


def asked(request: Request, *names: str) -> dict[str, str]:
    """What a list was asked for, by name; anything else in the address is ignored."""
    return {name: re.sub(r"[\x00-\x1f]", "", request.query_params.get(name, "")).strip()[:60] for name in names}


def number(text: str) -> int:
    """A number of the address, 0 for anything else."""
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def show_list(
    request: Request,
    title: str,
    part: listing.Part,
    rows: Sequence[Mapping[str, Any]],
    *,
    asked: Mapping[str, str],
    filters: Sequence[Mapping[str, Any]] = (),
    add: tuple[str, str] | None = None,
    empty: str = "",
    label: str = "",
    search: str = "",
) -> Response:
    """A list with its search, its filters and the link to the next part. Every state of it has an address to share, unless a page `search`
    takes by POST what must not stand in one."""
    kept = {name: value for name, value in asked.items() if value}
    more = f"{request.url.path}?{urlencode({**kept, 'after': part.after})}" if part.after else ""
    return pages.show(
        request, "registers/list.html", title, rows=rows, q=asked.get("q", ""), filters=filters, more=more, add=add, empty=empty,
        label=label, action=search or request.url.path, method="post" if search else "get", searched=bool(kept),
    )  # fmt: skip


def holders(offices: Sequence[Office]) -> list[dict[str, Any]]:
    """Offices as rows that name who holds them."""
    return [{"href": f"/offices/{o.id}", "title": o.person.name, "facts": [OFFICES[o.code]]} for o in offices]


def choice(name: str, label: str, chosen: str, words: Sequence[tuple[str, Any]], everything: str) -> dict[str, Any]:
    """A filter of a list."""
    return {"name": name, "label": label, "chosen": chosen, "options": [("", everything), *words]}


def routes_of(noun: str, *, index: View, new: View, add: View, page: View, correction: View, correct: View, end: View) -> list[Route]:
    """The addresses that every standing record has: its list, a new one, its page, its correction, its end."""
    one = f"/{noun}/{{id:int}}"
    return [
        Route(f"/{noun}", index), Route(f"/{noun}", add, methods=["POST"]), Route(f"/{noun}/new", new), Route(one, page),
        Route(f"{one}/correction", correction), Route(f"{one}/correction", correct, methods=["POST"]),
        Route(f"{one}/end", end, methods=["POST"]), Route(f"{one}/end", upwards),
    ]  # fmt: skip


def ending(noun: str, model: type[Model], act: str, page: View) -> View:
    """The view that ends a standing record with the day that was given."""

    @signed_in
    async def end(request: Request) -> Response:
        record: Any = await find(request, model, act, "place")
        form = await forms.read(request, End, again=page)
        await corrections.end(record, form.last_day, by=me(request))
        return pages.redirect(f"/{noun}/{record.id}", Phrase("%(name)s ends with the day you gave.", name=record.name))

    return end


def withdrawing(noun: str, model: type[Model], act: str) -> View:
    """The view that takes an entry off a public list."""

    @signed_in
    async def withdraw(request: Request) -> Response:
        entry: Any = await find(request, model, act)
        await entry.withdraw(by=me(request))
        return pages.redirect(f"/{noun}", Phrase("“%(title)s” has been taken off the list.", title=entry.title))

    return withdraw


async def changes(request: Request, record: Any) -> dict[str, Any]:
    """Which buttons the page of an organisation, unit or alliance shows."""
    who = sessions.who(request)
    return {
        "may_correct": await may(who, "organisation.correct", record),
        "may_end": record.last_day is None and await may(who, "organisation.end", record),
    }


def more(request: Request, rows: Sequence[Any], **kept: str) -> str:
    """The address of the next part of a list that was read one row beyond its size."""
    if len(rows) <= SIZE:
        return ""
    return f"{request.url.path}?{urlencode({k: v for k, v in kept.items() if v} | {'after': str(rows[SIZE - 1].id)})}"


async def show_shelf(request: Request, title: str, read: Callable[..., Awaitable[Sequence[Any]]], row: Callable[[Any], dict[str, Any]]) -> Response:
    """One of the partners' public lists, the newest first; beside each entry whether this person may take it off."""
    noun = request.url.path.strip("/")
    one = noun.removesuffix("s")
    rows = await read("/", before=number(asked(request, "after")["after"]), limit=SIZE + 1)
    shown = [{**row(each), one: each, "may_withdraw": await may(sessions.who(request), f"{one}.withdraw", each)} for each in rows[:SIZE]]
    return pages.show(
        request, f"{noun}/list.html", title, here="agreements", rows=shown, more=more(request, rows),
        may_add=bool(listing.reach(sessions.held(request), f"{one}.add")),
    )  # fmt: skip
