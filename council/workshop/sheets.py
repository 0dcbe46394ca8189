"""Spreadsheets: a template to fill in, and reading it back with the place of every mistake.

What a table holds is said by `Table` and `Column`; this module knows no neighbourhood. Reading runs in a worker with limits, because a
file of a few kilobytes can unfold to gigabytes.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from io import BytesIO
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


def template(tables: Sequence[Table], guide_title: str, guide: Sequence[str]) -> bytes:
    """An .xlsx to fill in: a sheet a table with drop-downs and an example row, and a sheet that explains."""
    import xlsxwriter

    target = BytesIO()
    # Nothing a person typed may become a formula or a link.
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    styles = {
        "head": book.add_format({"bold": True, "bg_color": "#FBEEEA", "border": 1, "text_wrap": True}),
        "example": book.add_format({"italic": True, "font_color": "#777777", "num_format": "@"}),
        "text": book.add_format({"num_format": "@"}),
        "guide": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    _write_guide(book.add_worksheet(guide_title), guide, tables, styles)
    for table in tables:
        _write_table(book.add_worksheet(table.title), table, styles)
    book.close()
    return target.getvalue()


def _write_guide(sheet: Any, guide: Sequence[str], tables: Sequence[Table], styles: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 20)
    sheet.set_column(2, 2, 80)
    row = 0
    for sentence in guide:
        sheet.merge_range(row, 0, row, 2, sentence, styles["guide"])
        sheet.set_row(row, 36)
        row += 1
    for table in tables:
        row += 1
        sheet.write_row(row, 0, [table.title, "", str(table.hint)], styles["head"])
        for column in table.columns:
            row += 1
            sheet.write_row(row, 0, ["", column.title + ("*" if column.required else ""), str(column.hint)], styles["guide"])
        row += 1


def _write_table(sheet: Any, table: Table, styles: dict[str, Any]) -> None:
    sheet.freeze_panes(1, 0)
    for number, column in enumerate(table.columns):
        sheet.set_column(number, number, column.width, styles["text"])
        sheet.write_string(0, number, column.title + ("*" if column.required else ""), styles["head"])
        sheet.write_string(1, number, table.example[number], styles["example"])
        if column.words:
            sheet.data_validation(1, number, ROWS, number, {"validate": "list", "source": column.words})


def read(data: bytes, tables: Sequence[Table]) -> Reading:
    """Everything the file holds for these tables. What is wrong is listed, never guessed."""
    found = Reading()
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


def _values(
    table: Table, columns: Sequence[Column], given: dict[str, Any], number: int, found: Reading
) -> Iterator[tuple[str, Any]]:
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
    parts = said.replace("年", "-").replace("月", "-").replace("日", "").replace("/", "-").replace(".", "-").split("-")
    try:
        return date(*map(int, parts)).isoformat()  # type: ignore[arg-type]
    except (ValueError, TypeError):
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
