"""The routes: one module per noun, each with a list `routes`; listed here in the order in which they are tried."""

from __future__ import annotations

from importlib import import_module

from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.routing import BaseRoute

NOUNS = (
    "home", "preferences", "uploads", "matters", "progress", "withdrawals", "triage", "referrals", "tasks", "photos", "desk", "signin",
    "account", "inbox", "help",
    "registers", "identities", "places", "organisations", "units", "alliances", "households", "people", "offices",
    "verification", "needs", "resources", "projects", "bundles", "drafts", "agreements", "editions", "skeletons", "papercopies", "signatories",
    "signatures", "keys", "sittings", "alternatives",
    "feeds", "series", "times", "petitions", "chains", "meetings", "notices", "invitations",
    "paperrecords", "room", "chair", "conduct", "order", "wall", "agenda", "opinions", "speakers", "roll",
    "proposals", "merging", "questions", "ballots", "votes", "custody", "voters", "results", "resolutions", "minutes", "postings",
    "consultations", "contributions", "headings", "reports", "maps", "draws",
)  # fmt: skip


class Number(IntegerConvertor):
    """The number of a record in an address. A longer one names nothing, and no database could hold it."""

    regex = "[0-9]{1,9}"


register_url_convertor("int", Number())


def routes() -> list[BaseRoute]:
    """Every route of every noun."""
    return [route for noun in NOUNS for route in import_module(f"council.routes.{noun}").routes]
