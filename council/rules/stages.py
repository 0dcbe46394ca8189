"""One table of allowed moves for everything that goes through stages."""

from __future__ import annotations

from council.i18n import Phrase
from council.refusals import Conflict

MOVES: dict[str, dict[str, tuple[str, ...]]] = {
    "Matter": {
        "reported": ("confirmed", "handed_over", "answered", "withdrawn"),
        "confirmed": ("listed", "assigned", "handed_over", "answered", "withdrawn"),
        "listed": ("confirmed", "deliberated"),
        "deliberated": ("listed", "assigned", "settled", "confirmed"),
        "assigned": ("done", "confirmed"),
        "settled": ("closed", "confirmed", "assigned"),
        "answered": ("closed", "confirmed"),
        "done": ("closed", "confirmed", "assigned"),
        "closed": ("confirmed",),
        "handed_over": ("reported", "confirmed"),
        "withdrawn": (),
    },
    "Meeting": {
        "drafted": ("called", "cancelled"),
        "called": ("open", "cancelled"),
        "open": ("adjourned", "closed"),
        "adjourned": ("open", "closed"),
        "closed": (),
        "cancelled": (),
    },
    "Petition": {"open": ("enough", "withdrawn"), "enough": ("called",), "called": (), "withdrawn": ()},
    "AgendaItem": {
        "pending": ("open", "deferred", "pending"),
        "open": ("voting", "decided", "deferred", "pending"),
        "voting": ("open", "decided"),
        "decided": (),
        "deferred": ("pending",),
    },
    "Proposal": {
        "submitted": ("seconded", "withdrawn", "merged"),
        "seconded": ("put", "withdrawn", "seconded", "merged"),
        "put": ("carried", "rejected", "seconded"),
        "carried": (),
        "rejected": (),
        "withdrawn": (),
        "merged": (),
    },
    "Ballot": {
        "drafted": ("open", "cancelled"),
        "open": ("closed", "cancelled"),
        "closed": ("declared", "cancelled"),
        "declared": (),
        "cancelled": (),
    },
    "Draw": {"listed": ("drawn",), "drawn": ()},
    "Consultation": {"drafted": ("open", "cancelled"), "open": ("closed", "cancelled"), "closed": ("answered",), "answered": (), "cancelled": ()},
    "Resolution": {"adopted": ("posted",), "posted": ("in_force",), "in_force": ()},
    "Task": {"assigned": ("done", "withdrawn"), "done": ("accepted", "assigned"), "accepted": (), "withdrawn": ()},
    "Minutes": {"drawn": ("circulated",), "circulated": ("drawn", "sealed"), "sealed": ("posted",), "posted": ()},
    "Agreement": {
        "draft": ("review", "cancelled"),
        "review": ("draft", "frozen", "cancelled"),
        "frozen": ("signing", "draft", "cancelled"),
        "signing": ("effective", "declined", "lapsed", "cancelled", "draft"),
        "effective": ("renewed", "ended", "terminated"),
        "declined": ("draft",),
        "lapsed": ("draft",),
        "renewed": (),
        "ended": (),
        "terminated": (),
        "cancelled": (),
    },
    "Signatory": {"invited": ("read", "signed", "declined"), "read": ("signed", "declined"), "signed": ("left",), "declined": (), "left": ()},
    "Need": {"open": ("matched", "withdrawn"), "matched": ("met", "open"), "met": (), "withdrawn": ()},
    "Resource": {"offered": ("withdrawn",), "withdrawn": ()},
    "Booking": {"requested": ("confirmed", "refused", "given_back"), "confirmed": ("given_back", "refused"), "refused": (), "given_back": ()},
    "Project": {"planned": ("running", "stopped"), "running": ("finished", "stopped"), "finished": (), "stopped": ()},
}

NAMES: dict[str, Phrase] = {
    "reported": Phrase("reported"), "confirmed": Phrase("confirmed"), "listed": Phrase("listed"), "deliberated": Phrase("deliberated"),
    "assigned": Phrase("assigned"), "settled": Phrase("settled"), "answered": Phrase("answered"), "done": Phrase("done"),
    "closed": Phrase("closed"), "handed_over": Phrase("handed over"), "withdrawn": Phrase("withdrawn"), "drafted": Phrase("drafted"),
    "called": Phrase("called"), "open": Phrase("open"), "adjourned": Phrase("adjourned"), "cancelled": Phrase("cancelled"),
    "pending": Phrase("pending"), "voting": Phrase("voting"), "decided": Phrase("decided"), "deferred": Phrase("deferred"),
    "submitted": Phrase("submitted"), "seconded": Phrase("seconded"), "put": Phrase("put to the vote"), "carried": Phrase("carried"),
    "rejected": Phrase("rejected"), "declared": Phrase("declared"), "adopted": Phrase("adopted"), "posted": Phrase("posted"),
    "in_force": Phrase("in force"), "accepted": Phrase("accepted"), "enough": Phrase("enough have signed"), "drawn": Phrase("drawn up"),
    "circulated": Phrase("being read by those who were there"), "sealed": Phrase("sealed"),
    "draft": Phrase("draft"), "review": Phrase("in review"), "frozen": Phrase("frozen"), "signing": Phrase("being signed"),
    "effective": Phrase("in effect"), "declined": Phrase("declined"), "lapsed": Phrase("lapsed"), "renewed": Phrase("renewed"),
    "ended": Phrase("ended"), "terminated": Phrase("terminated"), "invited": Phrase("invited"), "read": Phrase("has read"),
    "signed": Phrase("signed"), "offered": Phrase("offered"), "matched": Phrase("matched"), "met": Phrase("met"), "planned": Phrase("planned"),
    "merged": Phrase("merged into another"), "left": Phrase("has left"), "running": Phrase("running"), "finished": Phrase("finished"),
    "stopped": Phrase("stopped"), "requested": Phrase("asked for"), "refused": Phrase("refused"), "given_back": Phrase("given back"),
}  # fmt: skip


# Where one word would say the wrong thing of a kind: a matter is completed, a meeting is over.
OWN_NAMES: dict[tuple[str, str], Phrase] = {
    ("Matter", "closed"): Phrase("completed"), ("Need", "open"): Phrase("waiting for a match"),
    ("Minutes", "drawn"): Phrase("draft, not yet approved"), ("Petition", "open"): Phrase("being signed"),
    ("Petition", "enough"): Phrase("enough have signed"),
    ("Consultation", "closed"): Phrase("ended, being answered"), ("Consultation", "drafted"): Phrase("being prepared"),
}


def name(kind: str, stage: str) -> Phrase:
    """What a stage is called for a kind of record."""
    return OWN_NAMES.get((kind, stage)) or NAMES[stage]


def check(kind: str, now: str, then: str) -> None:
    """Refuse (409) a move the table does not know."""
    if then not in MOVES[kind][now]:
        raise Conflict(
            "This is not possible now: the present stage is “%(stage)s”.", stage=name(kind, now)
        )
