"""Spreadsheets: what a table holds, and reading one back with the place of every mistake.

What a table holds is said by `Table` and `Column`; this module knows no neighbourhood. Reading runs in a worker with limits, because a
file of a few kilobytes can unfold to gigabytes.
"""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from io import BytesIO
from itertools import islice
from typing import Any

from council import text
from council.i18n import Phrase
from council.refusals import Refusal

ROWS = 20_000
BIGGEST = 8_000_000  # bytes of the file as it is sent
UNFOLDED = 80_000_000  # bytes of all parts of the file together
CM2 = 10_000


@dataclass(frozen=True)
class Column:
    """`kind`: text, phone, day, area (m² with two decimals, read as cm²). `choices`: word -> what it stands for."""

    key: str
    title: str
    hint: Phrase
    kind: str = "text"
    required: bool = False
    limit: int = 120
    width: int = 18
    choices: dict[str, str] = field(default_factory=dict)

    @property
    def heading(self) -> str:
        return self.title + ("*" if self.required else "")

    @property
    def words(self) -> list[str]:
        return list(self.choices)


@dataclass(frozen=True)
class Table:
    """One sheet. `example` is the row that shows how it is meant; left as it is, it is not read."""

    key: str
    title: str
    hint: Phrase
    columns: tuple[Column, ...]
    example: tuple[str, ...]


@dataclass(frozen=True)
class Fault:
    """A mistake and where it stands: sheet, row as the spreadsheet counts, column title."""

    sheet: str
    row: int
    column: str
    phrase: Phrase


@dataclass
class Reading:
    """The rows of each table by its key, each a dict of column key -> value with its row number under "row"; and every mistake."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def read(data: bytes, tables: Sequence[Table]) -> Reading:
    """Everything the file holds for these tables. What is wrong is listed, never guessed."""
    found = Reading()
    if (grid := _plain_text(data)) is not None:
        return _read_plain(grid, tables)
    if (why := _not_a_sheet(data)) is not None:
        found.faults.append(Fault("", 0, "", why))
        return found
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(BytesIO(data))
    known = [table for table in tables if table.title in book.sheet_names]
    if not known:
        titles = "、".join(table.title for table in tables)
        found.faults.append(Fault("", 0, "", Phrase("None of the sheets %(titles)s is in this file. Start from the template.", titles=titles)))
    for table in known:
        _read_table(table, book.get_sheet_by_name(table.title).to_python(skip_empty_area=False), found)
    return found


async def take(data: bytes, tables: Sequence[Table]) -> Reading:
    """`read` in a worker process within limits of time and memory. A Refusal when the file breaks them or the reader."""
    from council.workshop.workers import Died, TooLong, workers

    if len(data) > BIGGEST:
        raise Refusal("This file is too large to be read. Split it into several.", status=413, field="file")
    try:
        return await workers.run("council.workshop.sheets:read", data, tables, seconds=30)  # type: ignore[no-any-return]
    except (Died, TooLong):
        raise Refusal("This file is too large to be read. Split it into several.", field="file") from None
    except Exception as fault:
        raise Refusal("This file cannot be read. Save it again as .xlsx and try once more.", field="file") from fault


def _plain_text(data: bytes) -> list[list[Any]] | None:
    """The rows of a CSV file as spreadsheets save it, in UTF-8 or GB 18030; None for anything else."""
    if data[:2] == b"PK" or b"\0" in data[:1000] or not data.strip():
        return None
    for coding in ("utf-8-sig", "gb18030"):
        try:
            lines = data.decode(coding).splitlines()
        except UnicodeDecodeError:
            continue
        between = max(",;\t", key=lines[0].count)
        return [list(row) for row in islice(csv.reader(lines, delimiter=between), ROWS + 2)] if between in lines[0] else None
    return None


def _read_plain(grid: list[list[Any]], tables: Sequence[Table]) -> Reading:
    """One table: the one that knows all titles of the first line."""
    found, head = Reading(), {str(title).strip().rstrip("*＊").strip() for title in grid[0]} - {""}
    best = max(tables, key=lambda table: (len(head & {column.title for column in table.columns}), -len(table.columns)))
    _read_table(best, grid, found)
    return found


def _not_a_sheet(data: bytes) -> Phrase | None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as parts:
            if "xl/workbook.xml" not in parts.namelist():
                return Phrase("This is not an .xlsx file. Save the sheet as “Excel workbook (.xlsx)” and try again.")
            unfolded = sum(one.file_size for one in parts.infolist())
    except (zipfile.BadZipFile, ValueError):
        return Phrase("This is not an .xlsx file. Save the sheet as “Excel workbook (.xlsx)” and try again.")
    return Phrase("This file is too large to be read. Split it into several.") if unfolded > UNFOLDED else None


def _read_table(table: Table, grid: list[list[Any]], found: Reading) -> None:
    rows = found.rows.setdefault(table.key, [])
    if len(grid) > ROWS:
        found.faults.append(Fault(table.title, ROWS, "", Phrase("At most %(n)s rows are read at once.", n=ROWS)))
        return
    places = _columns(table, grid[0] if grid else [], found)
    for number, cells in enumerate(grid[1:], 2):
        given = {column.key: cells[at] if at < len(cells) else "" for column, at in places}
        if not any(str(v).strip() for v in given.values()) or _is_example(table, given):
            continue
        rows.append({"row": number, **dict(_values(table, [c for c, _ in places], given, number, found))})


def _columns(table: Table, head: list[Any], found: Reading) -> list[tuple[Column, int]]:
    """Which column stands where: titles may be in any order, and a required one must be there."""
    titles = {str(title).strip().rstrip("*＊").strip(): at for at, title in enumerate(head)}
    for title in titles:
        if title and title not in {column.title for column in table.columns}:
            found.faults.append(Fault(table.title, 1, title, Phrase("This column is not known. Take it out, or use the template's title.")))
    for column in table.columns:
        if column.required and column.title not in titles:
            found.faults.append(Fault(table.title, 1, column.title, Phrase("This column is missing.")))
    return [(column, titles[column.title]) for column in table.columns if column.title in titles]


def _is_example(table: Table, given: dict[str, Any]) -> bool:
    return all(_plain(given.get(c.key, "")) == said for c, said in zip(table.columns, table.example, strict=True))


def _values(table: Table, columns: Sequence[Column], given: dict[str, Any], number: int, found: Reading) -> Iterator[tuple[str, Any]]:
    for column in columns:
        try:
            yield column.key, _value(column, given[column.key])
        except text.Wrong as wrong:
            found.faults.append(Fault(table.title, number, column.title, wrong.phrase))
            yield column.key, ""


def _plain(cell: Any) -> str:
    """A cell as text: 402.0 is the room 402, a day is written 2026-11-25."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return str(cell).strip()


def _value(column: Column, cell: Any) -> Any:
    said = _plain(cell)
    if not said:
        if column.required:
            raise text.Wrong("Fill in this field.")
        return ""
    if column.kind == "phone":
        return text.phone(said)
    if column.kind == "day":
        return _day(said)
    if column.kind == "area":
        return _area(said)
    return _word(column, text.line(said))


def _word(column: Column, said: str) -> str:
    if column.words and said not in column.words:
        raise text.Wrong("“%(said)s” is not one of: %(words)s.", said=said[:40], words="、".join(column.words))
    if len(said) > column.limit:
        raise text.Wrong("Write at most %(max_length)s characters.", max_length=str(column.limit))
    return column.choices.get(said, said)


def _day(said: str) -> str:
    parts = re.sub("[年月/.]", "-", said).removesuffix("日").split("-")
    try:
        return date(*map(int, parts)).isoformat()
    except (ValueError, TypeError, OverflowError):
        raise text.Wrong("Write the day like this: 2026-11-25.") from None


def _area(said: str) -> int:
    """Square metres with at most two decimals, as whole cm²."""
    try:
        metres = Decimal(said.replace(",", "").replace("㎡", "").replace("平方米", "").strip())
        exact = metres.is_finite() and metres == metres.quantize(Decimal("0.01"))
    except InvalidOperation:
        raise text.Wrong("Write the area in square metres, such as 88.16.") from None
    if not exact or not 0 < metres < 10_000_000:
        raise text.Wrong("Write the area in square metres with at most two decimals, such as 88.16.")
    return int(metres * CM2)
