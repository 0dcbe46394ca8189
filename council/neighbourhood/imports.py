"""Setting up from a sheet: first a plan with every mistake, then, after a yes, all of it in one transaction or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from council.i18n import Phrase
from council.neighbourhood.households import Household
from council.neighbourhood.listing import in_force
from council.neighbourhood.organisations import PartyOrganisation, Unit
from council.neighbourhood.people import Person
from council.neighbourhood.places import LEVELS, Place
from council.neighbourhood.sealed import lookup
from council.neighbourhood.template import TABLES
from council.refusals import Refusal
from council.rules.privacy import check_text
from council.workshop.sheets import Fault

TITLES = {table.key: table.title for table in TABLES}
COLUMNS = {(table.key, column.key): column.title for table in TABLES for column in table.columns}
Row = dict[str, Any]
Home = tuple[str, str, str, str]


@dataclass
class Known:
    """What is entered already within reach of the import, by the names a sheet uses. A name that stands twice maps to None."""

    scope: Place
    places: dict[str, Place | None] = field(default_factory=dict)
    units: dict[str, Unit | None] = field(default_factory=dict)
    organisations: dict[str, PartyOrganisation | None] = field(default_factory=dict)
    homes: dict[Home, Household] = field(default_factory=dict)
    people: dict[str, list[Person]] = field(default_factory=dict)

    @classmethod
    async def read(cls, scope: Place) -> Known:
        """Organisations above the place count too: a branch names the committee it stands under."""
        known, inside = cls(scope), scope.path
        above = [int(n) for n in scope.path.strip("/").split("/")]
        known.places = _by_name(await Place.filter(in_force(), path__startswith=inside))
        known.units = _by_name(await Unit.filter(in_force(), place__path__startswith=inside))
        organisations = await PartyOrganisation.filter(in_force(), place__path__startswith=inside)
        organisations += await PartyOrganisation.filter(in_force(), place_id__in=above).exclude(id__in=[o.id for o in organisations] or [0])
        known.organisations = _by_name(organisations)
        for home in await Household.filter(in_force(), place__path__startswith=inside).prefetch_related("place"):
            known.homes[home.place.name, home.building, home.unit, home.room] = home
        for person in await Person.filter(in_force(), place__path__startswith=inside):
            known.people.setdefault(person.name, []).append(person)
        return known


def _by_name(records: list[Any]) -> dict[str, Any]:
    seen = Counter(record.name for record in records)
    return {record.name: record if seen[record.name] == 1 else None for record in records}


@dataclass
class Plan:
    """What would be entered: the rows to add by table, how many are there already, and every mistake."""

    add: dict[str, list[Row]] = field(default_factory=lambda: {key: [] for key in TITLES})
    there: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)

    def counts(self) -> list[tuple[str, int, int]]:
        """(sheet, to add, there already) for each sheet that holds anything."""
        return [(TITLES[key], len(self.add[key]), self.there[key]) for key in TITLES if self.add[key] or self.there[key]]

    def wrong(self, table: str, row: Row, column: str, message: Phrase) -> None:
        self.faults.append(Fault(TITLES[table], row["row"], COLUMNS.get((table, column), ""), message))


def plan(rows: dict[str, list[Row]], known: Known) -> Plan:
    """Check every row against what is known and what the file itself brings. Changes nothing."""
    made = Plan()
    for table, one in _each(rows):
        for column, value in one.items():
            if isinstance(value, str) and column != "phone":
                _no_numbers(made, table, one, column, value)
    names = _names(rows, known)
    for table, one in _each(rows):
        CHECKS[table](made, one, names, known)
    made.faults.sort(key=lambda fault: (list(TITLES.values()).index(fault.sheet), fault.row))
    return made


def _each(rows: dict[str, list[Row]]) -> Iterator[tuple[str, Row]]:
    return ((table, one) for table in TITLES for one in rows.get(table, ()))


def _no_numbers(made: Plan, table: str, row: Row, column: str, value: str) -> None:
    try:
        check_text(value)
    except Refusal as refusal:
        made.wrong(table, row, column, refusal.phrase)


def _names(rows: dict[str, list[Row]], known: Known) -> dict[str, Any]:
    """The names and levels that will be there after the import, the homes, and how often a person's name stands."""
    places = {name: place.level if place else "" for name, place in known.places.items()}
    places |= {one["name"]: one["level"] for one in rows.get("places", ()) if one["name"] not in known.places}
    homes = set(known.homes) | {_home(one) for one in rows.get("households", ())}
    people = {(p.name, p.phone_digest) for same in known.people.values() for p in same}
    people |= {(one["name"], lookup(one.get("phone", ""), "phone")) for one in rows.get("people", ())}
    return {
        "places": places, "homes": homes, "people": people, "persons": Counter(name for name, _ in people), "seen": set(),
        "units": set(known.units) | {one["name"] for one in rows.get("units", ())},
        "organisations": set(known.organisations) | {one["name"] for one in rows.get("organisations", ())},
    }  # fmt: skip


def _home(row: Row) -> Home:
    return (row["place"], row["building"], row.get("unit", ""), row["room"])


def _named(made: Plan, table: str, row: Row, column: str, names: Any, twice: dict[str, Any]) -> bool:
    """Does the cell name something that is there, once? An empty cell is fine."""
    name = row.get(column, "")
    if name and name not in names:
        made.wrong(table, row, column, Phrase("“%(name)s” is neither entered nor in this file.", name=name))
    elif name and twice.get(name, 1) is None:
        made.wrong(table, row, column, Phrase("“%(name)s” stands here more than once: make the names different first.", name=name))
    else:
        return True
    return False


def _once(made: Plan, table: str, row: Row, key: object, names: dict[str, Any], column: str) -> bool:
    if (table, key) in names["seen"]:
        made.wrong(table, row, column, Phrase("This row stands in the file twice."))
        return False
    names["seen"].add((table, key))
    return True


def _sort(made: Plan, table: str, row: Row, there: bool) -> None:
    if there:
        made.there[table] += 1
    else:
        made.add[table].append(row)


def _place(made: Plan, row: Row, names: dict[str, Any], known: Known) -> None:
    if not _named(made, "places", row, "parent", names["places"], known.places) or not _once(made, "places", row, row["name"], names, "name"):
        return
    above = names["places"].get(row.get("parent") or known.scope.name, known.scope.level)
    if row["name"] not in known.places and above and row["level"]:
        if row["level"] == "GRID" and above != "COMMUNITY":
            made.wrong("places", row, "parent", Phrase("A grid belongs to exactly one community."))
        elif LEVELS.index(row["level"]) <= LEVELS.index(above):
            made.wrong("places", row, "parent", Phrase("This place cannot lie inside that one."))
    _sort(made, "places", row, row["name"] in known.places)


def _unit(made: Plan, row: Row, names: dict[str, Any], known: Known) -> None:
    _named(made, "units", row, "place", names["places"], known.places)
    if _once(made, "units", row, row["name"], names, "name"):
        _sort(made, "units", row, row["name"] in known.units)


def _organisation(made: Plan, row: Row, names: dict[str, Any], known: Known) -> None:
    _named(made, "organisations", row, "place", names["places"], known.places)
    _named(made, "organisations", row, "parent", names["organisations"], known.organisations)
    _named(made, "organisations", row, "unit", names["units"], known.units)
    for name in covered(row):
        _named(made, "organisations", {**row, "covers": name}, "covers", names["places"], known.places)
    if row.get("parent") and row["parent"] == row["name"]:
        made.wrong("organisations", row, "parent", Phrase("An organisation cannot stand above itself."))
    if _once(made, "organisations", row, row["name"], names, "name"):
        _sort(made, "organisations", row, row["name"] in known.organisations)


def covered(row: Row) -> list[str]:
    """The names in the cell 负责的地点, whichever comma was typed."""
    text = row.get("covers", "")
    for comma in "，,；;":
        text = text.replace(comma, "、")
    return [name.strip() for name in text.split("、") if name.strip()]


def _household(made: Plan, row: Row, names: dict[str, Any], known: Known) -> None:
    _named(made, "households", row, "place", names["places"], known.places)
    if row["place"] and names["places"].get(row["place"], "GRID") not in ("GRID", "MICRO_GRID"):
        made.wrong("households", row, "place", Phrase("A household belongs to a grid."))
    if _once(made, "households", row, _home(row), names, "room"):
        _sort(made, "households", row, _home(row) in known.homes)


def _person(made: Plan, row: Row, names: dict[str, Any], known: Known) -> None:
    _named(made, "people", row, "place", names["places"], known.places)
    if row.get("building") and row.get("room") and _home({**row, "place": row.get("place") or known.scope.name}) not in names["homes"]:
        made.wrong("people", row, "room", Phrase("This home is neither entered nor on the sheet 住户."))
    elif bool(row.get("building")) != bool(row.get("room")):
        made.wrong("people", row, "room", Phrase("Write building and room, or neither."))
    if names["persons"][row["name"]] > 1 and not row.get("phone"):
        made.wrong("people", row, "phone", Phrase("Two people have this name: give each a telephone number."))
    digest = lookup(row.get("phone", ""), "phone")
    if _once(made, "people", row, (row["name"], digest), names, "name"):
        _sort(made, "people", row, any(p.phone_digest == digest for p in known.people.get(row["name"], ())))


def _office(made: Plan, row: Row, names: dict[str, Any], known: Known) -> None:
    _named(made, "offices", row, "organisation", names["organisations"], known.organisations)
    _named(made, "offices", row, "unit", names["units"], known.units)
    _named(made, "offices", row, "place", names["places"], known.places)
    number = names["persons"][row["name"]]
    if not number:
        made.wrong("offices", row, "name", Phrase("“%(name)s” is neither entered nor in this file.", name=row["name"]))
    elif number > 1 and (row["name"], lookup(row.get("phone", ""), "phone")) not in names["people"]:
        made.wrong("offices", row, "phone", Phrase("Two people have this name: write the telephone number of the one you mean."))
    if row["code"] in ("secretary", "deputy_secretary") and not row.get("organisation"):
        made.wrong("offices", row, "organisation", Phrase("Say of which Party organisation."))
    if row.get("first_day") and row.get("last_day") and row["last_day"] < row["first_day"]:
        made.wrong("offices", row, "last_day", Phrase("The last day lies before the first day."))
    made.add["offices"].append(row)


def _owner(made: Plan, row: Row, names: dict[str, Any], known: Known) -> None:
    if _once(made, "owners", row, row["address"], names, "address"):
        made.add["owners"].append(row)


def _voter(made: Plan, row: Row, names: dict[str, Any], known: Known) -> None:
    if _once(made, "voters", row, (row["kind"], row["name"], row.get("number", "")), names, "name"):
        made.add["voters"].append(row)


CHECKS = {
    "places": _place, "units": _unit, "organisations": _organisation, "households": _household, "people": _person, "offices": _office,
    "owners": _owner, "voters": _voter,
}  # fmt: skip
