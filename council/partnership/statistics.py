"""Figures of the partnership by category, by street and community, and by organisation: counted from the records when they are asked for.

What is private is never counted. Scores of the yearly evaluation are added only for those who lead the place.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from council import clock
from council.db import sql
from council.i18n import Phrase
from council.neighbourhood.organisations import PartyOrganisation, Unit
from council.neighbourhood.places import Place
from council.rules.categories import CATEGORIES

COLUMNS: dict[str, Phrase] = {
    "agreements": Phrase("Agreements in effect"), "over": Phrase("Agreements ended"), "needs": Phrase("Needs waiting"),
    "met": Phrase("Needs met"), "offers": Phrase("Resources offered"), "running": Phrase("Projects running"),
    "finished": Phrase("Projects finished"),
}  # fmt: skip
OF_CATEGORY = ("agreements", "over", "running", "finished")
OF_UNIT = ("agreements", "over", "offers", "running", "finished")
COUNTED = {
    "effective": "agreements", "renewed": "over", "ended": "over", "terminated": "over", "open": "needs", "met": "met",
    "offered": "offers", "running": "running", "finished": "finished",
}  # fmt: skip


@dataclass
class Row:
    """One line: what it is about, its figures by a key of COLUMNS, and tenths of a point of the evaluations (None without any, or unseen)."""

    name: str
    figures: Counter[str] = field(default_factory=Counter)
    tenths: int | None = None
    inner: bool = False
    href: str = ""

    @property
    def score(self) -> str:
        """4.3, or a dash."""
        return "—" if self.tenths is None else f"{self.tenths // 10}.{self.tenths % 10}"


@dataclass(frozen=True)
class Year:
    """What was said of a unit in one year: how many spoke, and tenths of a point on average, for each question and over all."""

    year: int
    voices: int
    kept: int
    together: int
    useful: int

    @property
    def tenths(self) -> int:
        return rounded(self.kept + self.together + self.useful, 3)


def rounded(total: int, parts: int) -> int:
    """The quotient to the nearest whole, halves upwards: averages are kept as tenths, never as floats."""
    return (2 * total + parts) // (2 * parts)


def words(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}"


async def _counted(statement: str, *values: object) -> dict[int | str, Counter[str]]:
    """`key`, `stage`, `n` rows as figures by key; stages that are not counted fall away."""
    found: dict[int | str, Counter[str]] = defaultdict(Counter)
    for row in await sql(statement, *values):
        if name := COUNTED.get(row["stage"]):
            found[row["key"]][name] += row["n"]
    return found


def _joined(parts: Iterable[Mapping[int | str, Counter[str]]]) -> dict[int | str, Counter[str]]:
    found: dict[int | str, Counter[str]] = defaultdict(Counter)
    for part in parts:
        for key, figures in part.items():
            found[key] += figures
    return found


AGREED = "SELECT {key} AS key, a.stage, COUNT(*) AS n FROM agreement a {more} WHERE a.kind = 'partnership' GROUP BY {key}, a.stage"
ANNEXED = (
    "SELECT a.category AS key, p.stage, COUNT(DISTINCT p.id) AS n FROM agreement a JOIN agreement_project l ON l.agreement_id = a.id "
    "JOIN project p ON p.id = l.project_id WHERE a.kind = 'partnership' AND a.stage IN ('effective', 'renewed', 'ended', 'terminated') "
    "GROUP BY a.category, p.stage"
)


async def by_category() -> list[Row]:
    """Every category, also those without anything, and the projects annexed to its agreements."""
    found = _joined([await _counted(AGREED.format(key="a.category", more="")), await _counted(ANNEXED)])
    return [Row(str(name), found.get(code, Counter())) for code, name in CATEGORIES.items()]


async def by_street() -> list[Row]:
    """Every street with its communities under it; what lies at a grid counts for its community."""
    parts = [await _counted(AGREED.format(key="a.place_id", more=""))]
    for table in ("need", "resource", "project"):
        parts.append(await _counted(f"SELECT place_id AS key, stage, COUNT(*) AS n FROM {table} GROUP BY place_id, stage"))  # noqa: S608
    found = _joined(parts)
    at = {each.id: each.path for each in await Place.filter(id__in=[key for key in found if isinstance(key, int)])}
    places = await Place.filter(level__in=("STREET", "COMMUNITY"), last_day=None).order_by("path").limit(2000)
    return [
        Row(each.name, sum((found[key] for key, path in at.items() if path.startswith(each.path)), Counter()), inner=each.level != "STREET")
        for each in places
    ]  # fmt: skip


SIGNED = (
    "SELECT s.organisation_id AS key, a.stage, COUNT(*) AS n FROM signatory s JOIN agreement a ON a.id = s.agreement_id "
    "WHERE a.kind = 'partnership' AND s.stage IN ('signed', 'left') GROUP BY s.organisation_id, a.stage"
)
# Both sides have spoken, or the time to speak is long over: until then a score would tell one side what the other gave.
SILENT = timedelta(days=100)
TOLD = "(e.at < ? OR EXISTS (SELECT 1 FROM appraisal b WHERE b.giver_id = e.about_id AND b.about_id = e.giver_id AND b.year = e.year))"
SCORES = (
    "SELECT s.organisation_id AS key, SUM(e.kept + e.together + e.useful) AS total, COUNT(*) AS n FROM appraisal e "
    "JOIN signatory s ON s.id = e.about_id JOIN agreement a ON a.id = e.agreement_id WHERE a.path LIKE ? AND {told} GROUP BY s.organisation_id"
)
RECORD = (
    "SELECT e.year, COUNT(*) AS n, SUM(e.kept) AS kept, SUM(e.together) AS together, SUM(e.useful) AS useful FROM appraisal e "
    "JOIN signatory s ON s.id = e.about_id JOIN party_organisation o ON o.id = s.organisation_id "
    "WHERE o.unit_id = ? AND {told} GROUP BY e.year ORDER BY e.year DESC"
)


async def by_unit(reach: Iterable[str] = ()) -> list[Row]:
    """Organisations that signed, offer or lead something, by name; with their scores from agreements within `reach` (paths)."""
    found = _joined([
        await _counted(SIGNED),
        await _counted("SELECT organisation_id AS key, stage, COUNT(*) AS n FROM resource GROUP BY organisation_id, stage"),
        await _counted("SELECT lead_id AS key, stage, COUNT(*) AS n FROM project GROUP BY lead_id, stage"),
    ])  # fmt: skip
    scores = [row for path in reach for row in await sql(SCORES.format(told=TOLD), f"{path}%", clock.now() - SILENT)]
    totals: Counter[int] = Counter()
    voices: Counter[int] = Counter()
    for row in scores:
        totals[row["key"]] += row["total"]
        voices[row["key"]] += row["n"]
    tenths = {key: rounded(10 * total, 3 * voices[key]) for key, total in totals.items()}
    rows = await PartyOrganisation.filter(id__in=[*found]).select_related("unit__place").order_by("name", "id").limit(2000)
    return [Row(each.name, found[each.id], tenths.get(each.id), href=_within(each.unit, reach)) for each in rows]


def _within(unit: Unit | None, reach: Iterable[str]) -> str:
    """The address of a unit for whoever reaches its place."""
    return f"/units/{unit.id}" if unit and any(unit.place.path.startswith(path) for path in reach) else ""


async def record_of(unit: Unit) -> list[Year]:
    """The yearly evaluations of a unit by those it agreed with, the newest first, tenths of a point for each question."""
    rows = await sql(RECORD.format(told=TOLD), unit.id, clock.now() - SILENT)
    return [
        Year(row["year"], row["n"], *(rounded(10 * row[name], row["n"]) for name in ("kept", "together", "useful"))) for row in rows
    ]


def table(parts: Iterable[tuple[Phrase, tuple[str, ...], list[Row]]], score: Phrase | None = None) -> str:
    """All tables as one CSV that spreadsheets open: part, name, one column for each figure. Names can begin no formula: they were checked."""
    target = io.StringIO()
    out = csv.writer(target)
    out.writerow([str(Phrase("Part")), str(Phrase("Name")), *map(str, COLUMNS.values()), *([str(score)] if score else [])])
    for part, columns, rows in parts:
        for row in rows:
            counted = [row.figures[key] if key in columns else "" for key in COLUMNS]
            out.writerow([str(part), row.name, *counted, *([row.score] if score else [])])
    return "\ufeff" + target.getvalue()
