"""Blank spreadsheets to fill in: a sheet a table with drop-downs and an example row, and a sheet that explains."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from council.workshop.sheets import ROWS, Table


def blank(tables: Sequence[Table], guide_title: str, guide: Sequence[str]) -> bytes:
    """The .xlsx as bytes; `guide` are the sentences of the sheet that explains."""
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
    for row, sentence in enumerate(guide):
        sheet.merge_range(row, 0, row, 2, sentence, styles["guide"])
        sheet.set_row(row, 36)
    row = len(guide)
    for table in tables:
        lines = [(table.title, "", table.hint), *(("", c.heading, c.hint) for c in table.columns)]
        for n, (first, second, third) in enumerate(lines, row + 1):
            sheet.write_row(n, 0, [first, second, str(third)], styles["guide" if second else "head"])
        row += len(lines) + 1


def _write_table(sheet: Any, table: Table, styles: dict[str, Any]) -> None:
    sheet.freeze_panes(1, 0)
    for number, column in enumerate(table.columns):
        sheet.set_column(number, number, column.width, styles["text"])
        sheet.write_string(0, number, column.heading, styles["head"])
        sheet.write_string(1, number, table.example[number], styles["example"])
        if column.words:
            sheet.data_validation(1, number, ROWS, number, {"validate": "list", "source": column.words})
