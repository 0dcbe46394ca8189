"""The sheet of many agreements: one row is one agreement. What it holds, and every mistake in it with the way to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any

from council import clock
from council.i18n import Phrase
from council.neighbourhood.offices import Office
from council.neighbourhood.organisations import PartyOrganisation
from council.neighbourhood.places import Place
from council.partnership import drafting, skeletons
from council.partnership.drafting import Draft
from council.partnership.signers import signers
from council.partnership.skeletons import Skeleton
from council.refusals import Refusal
from council.rules import categories
from council.rules.privacy import check_text
from council.workshop.sheets import Column, Fault, Table

# Titles and choices are Chinese in every language: they are the format of the file.
CATEGORIES = {
    "活动合办": "JOINT_ACTIVITIES", "服务互助": "MUTUAL_SERVICE", "场所共用": "SHARED_VENUES", "应急联防": "JOINT_EMERGENCY",
    "组织联建": "ORGANISATION", "其他共建": "OTHER",
}  # fmt: skip
DAY = Phrase("Such as 2026-12-01.")
TABLE = Table(
    "agreements", "共建协议", Phrase("One row is one agreement. 甲方 is always the community's own Party organisation; do not write it."),
    (
        Column("partners", "乙方党组织", Phrase("Names as they are entered, with 、 between; from 1 to 29."), required=True, limit=1800, width=60),
        Column("title", "协议名称", Phrase("Empty: the usual name."), limit=120, width=32),
        Column("category", "主要类别", Phrase("Choose from the list."), required=True, choices=CATEGORIES),
        Column("contents", "共建内容", Phrase("The categories the article on contents covers, with 、 between. Empty: the main one."), width=40),
        Column("first_day", "首日", DAY, kind="day", required=True),
        Column("last_day", "末日", DAY, kind="day", required=True),
        Column("sign_by", "签署截止日", Phrase("The last day for signing. Empty: none."), kind="day"),
        Column("skeleton", "模板", Phrase("The name of a template of this community. Empty: the common one."), limit=60),
    ),
    ("示例：和平宾馆党支部、康和医院党支部", "", "服务互助", "服务互助、场所共用", "2026-12-01", "2027-11-30", "2026-11-30", ""),
)
COLUMNS = {column.key: column.title for column in TABLE.columns}
GUIDE_TITLE = "说明"
GUIDE = (
    Phrase("Each row becomes one draft. First you see everything that was read; nothing is entered before you say yes."),
    Phrase("Every partner has to be entered as a Party organisation of this community, with a secretary in office who signs."),
)
MOST = 500  # agreements of one sheet

Row = dict[str, Any]


@dataclass
class Known:
    """What a row may name: partners and templates of the community by name, and who signs for whom."""

    place: Place
    committee: PartyOrganisation
    partners: dict[str, list[PartyOrganisation]]
    able: dict[int, list[Office]]
    skeletons: dict[str, Skeleton]

    @classmethod
    async def read(cls, place: Place) -> Known:
        committee, found = await drafting.committee_of(place), await drafting.possible_partners(place)
        named: dict[str, list[PartyOrganisation]] = {}
        for each in found:
            named.setdefault(each.name, []).append(each)
        templates = {each.name: each for each in await skeletons.skeletons(place.path)}
        return cls(place, committee, named, await signers([committee.id, *(each.id for each in found)]), templates)


@dataclass(frozen=True)
class Item:
    """One agreement to be drafted, from the row of the sheet; 甲方 is the first of its members."""

    row: int
    draft: Draft
    members: tuple[PartyOrganisation, ...]


@dataclass
class Plan:
    """What would be drafted, and every mistake."""

    items: list[Item] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def names(cell: str) -> list[str]:
    """The names in a cell, whichever comma was typed."""
    for comma in "，,；;\n":
        cell = cell.replace(comma, "、")
    return [name.strip() for name in cell.split("、") if name.strip()]


def plan(rows: list[Row], known: Known) -> Plan:
    """Check every row. Changes nothing."""
    made, seen = Plan(), dict[tuple[Any, ...], int]()
    if len(rows) > MOST:
        made.faults.append(Fault(TABLE.title, MOST, "", Phrase("At most %(n)s agreements are made at once. Split the sheet.", n=MOST)))
        return made
    for row in rows:
        faults = [Fault(TABLE.title, row["row"], COLUMNS.get(column, ""), phrase) for column, phrase in _faults(row, known, seen)]
        made.faults += faults
        if not faults:
            made.items.append(_item(row, known))
    return made


def _item(row: Row, known: Known) -> Item:
    members = (known.committee, *(known.partners[name][0] for name in names(row["partners"])))
    template = known.skeletons.get(row.get("skeleton", ""))
    given = Draft(
        row.get("title") or categories.title(), row["category"], _day(row, "first_day"), _day(row, "last_day"),
        [each.id for each in members[1:]], [CATEGORIES[word] for word in names(row.get("contents", ""))],
        sign_by=_day(row, "sign_by") if row.get("sign_by") else None, skeleton=template,
    )  # fmt: skip
    return Item(row["row"], given, members)


def _day(row: Row, column: str) -> date:
    return date.fromisoformat(row[column])


def _faults(row: Row, known: Known, seen: dict[tuple[Any, ...], int]) -> Iterator[tuple[str, Phrase]]:
    yield from _partners(row, known)
    yield from _days(row)
    for word in names(row.get("contents", "")):
        if word not in CATEGORIES:
            yield "contents", Phrase("“%(said)s” is not one of: %(words)s.", said=word[:40], words="、".join(CATEGORIES))
    if row.get("skeleton") and row["skeleton"] not in known.skeletons:
        yield "skeleton", _no_skeleton(row["skeleton"], known)
    yield from _title(row)
    same = (*sorted(names(row["partners"])), row.get("title"), row["first_day"], row["last_day"])
    if (first := seen.setdefault(same, row["row"])) != row["row"]:
        yield "partners", Phrase("This is the same as row %(row)s. Take one of them out.", row=first)


def _no_skeleton(name: str, known: Known) -> Phrase:
    if not known.skeletons:
        return Phrase("This community has no template. Leave the cell empty for the common one.")
    return Phrase("There is no template “%(name)s”. Known are: %(known)s.", name=name, known="、".join(known.skeletons))


def _partners(row: Row, known: Known) -> Iterator[tuple[str, Phrase]]:
    given = names(row["partners"])
    if len(set(given)) < len(given):
        yield "partners", Phrase("A partner stands in this row twice.")
    if not categories.FEWEST - 1 <= len(given) <= categories.MOST - 1:
        yield "partners", Phrase("Write from %(fewest)s to %(most)s partners.", fewest=categories.FEWEST - 1, most=categories.MOST - 1)
    for name in dict.fromkeys(given):
        if phrase := _unfit(name, known):
            yield "partners", phrase


def _unfit(name: str, known: Known) -> Phrase | None:
    """Why an organisation cannot be a partner, and what to do."""
    found = known.partners.get(name, [])
    if name == known.committee.name:
        return Phrase("“%(name)s” is 甲方 anyway. Take it out of this cell.", name=name)
    if not found:
        near = get_close_matches(name, known.partners, 1, 0.6)
        if near:
            return Phrase("“%(name)s” is not entered here. Is “%(near)s” meant? Write the name exactly.", name=name, near=near[0])
        return Phrase("“%(name)s” is not entered here. Enter this Party organisation first, or correct the name.", name=name)
    if len(found) > 1:
        return Phrase("“%(name)s” stands here more than once: make the names different first.", name=name)
    if not known.able[found[0].id]:
        return Phrase("%(name)s has no secretary in office who could sign. Enter the office first.", name=name)
    return _unprintable(name, known.able[found[0].id][0].person.name)


def _unprintable(*texts: str) -> Phrase | None:
    try:
        drafting.printable(*texts)
    except Refusal as refusal:
        return refusal.phrase
    return None


def _days(row: Row) -> Iterator[tuple[str, Phrase]]:
    if not (row["first_day"] and row["last_day"]):
        return
    if row["last_day"] < row["first_day"]:
        yield "last_day", Phrase("The last day lies before the first day.")
    if row["last_day"] < clock.today().isoformat():
        yield "last_day", Phrase("The last day lies in the past.")
    if row.get("sign_by") and row["sign_by"] < clock.today().isoformat():
        yield "sign_by", Phrase("The day for signing has passed. Write a later one.")
    if row.get("sign_by") and row["sign_by"] > row["last_day"]:
        yield "sign_by", Phrase("The day for signing lies after the last day of the agreement.")


def _title(row: Row) -> Iterator[tuple[str, Phrase]]:
    if phrase := _unprintable(row.get("title", "")):
        yield "title", phrase
    try:
        check_text(row.get("title", ""))
    except Refusal as refusal:
        yield "title", refusal.phrase
