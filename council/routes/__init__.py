"""The routes: one module per noun, each with a list `routes`; listed here in the order in which they are tried."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from starlette import routing
from starlette.convertors import CONVERTOR_TYPES, IntegerConvertor, register_url_convertor
from starlette.routing import PARAM_REGEX, BaseRoute, Match, Route, compile_path
from starlette.types import Receive, Scope, Send

NOUNS = (
    "home", "preferences", "uploads", "matters", "progress", "withdrawals", "triage", "referrals", "tasks", "photos", "desk", "signin",
    "account", "inbox", "help",
    "registers", "identities", "places", "organisations", "units", "alliances", "households", "people", "offices",
    "verification", "board", "needs", "resources", "venues", "projects", "statistics", "mediations", "bundles", "drafts",
    "agreements", "renewals", "editions", "skeletons", "papercopies", "signatories",
    "signatures", "keys", "sittings", "agreementpapers", "alternatives",
    "feeds", "series", "times", "petitions", "chains", "meetings", "notices", "invitations",
    "paperrecords", "room", "chair", "conduct", "order", "wall", "agenda", "documents", "opinions", "speakers", "roll",
    "proposals", "merging", "questions",
    "ballots", "ballotboard", "votes", "custody", "voters", "results", "resolutions", "minutes", "minutespapers", "postings", "journal",
    "consultations", "contributions", "asked", "headings", "moderation", "recordings", "tellings", "reports", "maps", "draws", "generations",
)  # fmt: skip


class Number(IntegerConvertor):
    """The number of a record in an address. A longer one names nothing, and no database could hold it."""

    regex = "[0-9]{1,9}"


register_url_convertor("int", Number())


class Pattern:
    """The pattern of an address, compiled when an address is first compared with it: compiling all five hundred took a tenth of each start."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __getattr__(self, name: str) -> Any:
        """Asked only for what is not here yet."""
        pattern = compile_path(self.path)[0]
        self.match = pattern.match
        return getattr(pattern, name)


def _compiled_later(path: str) -> tuple[Any, str, dict[str, Any]]:
    """What the framework asks of a path when a route is made."""
    convertors = {name: CONVERTOR_TYPES[kind.lstrip(":") or "str"] for name, kind in PARAM_REGEX.findall(path)}
    return Pattern(path), PARAM_REGEX.sub(r"{\1}", path), convertors


routing.compile_path = _compiled_later


def routes() -> list[Route]:
    """Every route of every noun."""
    return [route for noun in NOUNS for route in import_module(f"council.routes.{noun}").routes]


def _ends(path: str) -> tuple[str, str]:
    """The first and the last word of an address."""
    return path[1:].partition("/")[0], path.rpartition("/")[2]


class Directory(BaseRoute):
    """All routes, looked up by the first and last word of their address: trying some five hundred patterns in turn cost a fifth of taking a vote.

    Where a pattern ends with a number or a code, its last word here is "".
    """

    def __init__(self, routes: list[Route]) -> None:
        named: dict[str, list[tuple[str, Route]]] = {}
        for route in routes:
            first, last = _ends(route.path)
            named.setdefault(first, []).append(("" if "{" in last else last, route))
        self.shelves = {
            (first, last): [route for word, route in those if word in (last, "")]
            for first, those in named.items() for last in {"", *(word for word, _ in those)}
        }  # fmt: skip

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The first route of this address and method; else the first of this address, which answers that it takes no such request."""
        first, last = _ends(scope["path"].removeprefix(scope.get("root_path", "")))
        partial: tuple[Match, Scope] = (Match.NONE, {})
        for route in self.shelves.get((first, last)) or self.shelves.get((first, ""), []):
            match, about = route.matches(scope)
            if match is Match.FULL:
                return match, {**about, "route": route}
            if match is Match.PARTIAL and partial[0] is Match.NONE:
                partial = match, {**about, "route": route}
        return partial

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope["route"].handle(scope, receive, send)
