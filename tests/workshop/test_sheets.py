"""The template and reading it back."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import date

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from council.i18n import Phrase
from council.neighbourhood.template import GUIDE, GUIDE_TITLE, TABLES
from council.refusals import Refusal
from council.workshop import blanks, sheets

OWNERS = next(t for t in TABLES if t.key == "owners")


def book(**tables: list[list[object]]) -> bytes:
    """An .xlsx with these sheets; the first row of each is its titles."""
    target = io.BytesIO()
    made = xlsxwriter.Workbook(target)
    for title, rows in tables.items():
        sheet = made.add_worksheet(title)
        for n, row in enumerate(rows):
            for m, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(n, m, cell, made.add_format({"num_format": "yyyy-mm-dd"}))
                else:
                    sheet.write(n, m, cell)
    made.close()
    return target.getvalue()


def test_the_template_read_back_holds_no_rows_and_no_mistakes():
    data = blanks.blank(TABLES, GUIDE_TITLE, [str(s) for s in GUIDE])
    read = sheets.read(data, TABLES)
    assert read.faults == []
    assert all(rows == [] for rows in read.rows.values())
    titles = ["地点", "单位", "党组织", "住户", "人员", "职务", "业主", "投票人名单"]
    assert CalamineWorkbook.from_filelike(io.BytesIO(data)).sheet_names == [GUIDE_TITLE, *titles]


def test_the_template_offers_lists_to_choose_from():
    data = blanks.blank(TABLES, GUIDE_TITLE, [])
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        sheet = parts.read("xl/worksheets/sheet2.xml").decode()
    assert "社区,网格,微网格" in sheet
    assert "<f>" not in sheet


def test_cells_are_read_as_people_mean_them():
    data = book(人员=[["姓名", "手机号", "地点", "房号", "楼栋"], ["王秀兰", 13800000001, "第一网格", 402.0, "3号楼"]],
                职务=[["姓名*", "职务＊", "任期开始", "任期结束"], ["王秀兰", "网格员", date(2026, 1, 1), "2030年12月31日"]])  # fmt: skip
    read = sheets.read(data, TABLES)
    assert read.faults == []
    assert read.rows["people"] == [{"row": 2, "name": "王秀兰", "place": "第一网格", "phone": "13800000001", "building": "3号楼", "room": "402"}]
    office = read.rows["offices"][0]
    assert (office["code"], office["first_day"], office["last_day"]) == ("grid_worker", "2026-01-01", "2030-12-31")


@pytest.mark.parametrize(
    ("said", "cm2"), [(88.16, 881_600), ("88.16", 881_600), ("1,288.5㎡", 12_885_000), (100, 1_000_000), ("12640.00 平方米", 126_400_000)]
)
def test_areas_are_whole_square_centimetres(said, cm2):
    read = sheets.read(book(业主=[[c.title for c in OWNERS.columns], ["张三", "", "3号楼402", said]]), TABLES)
    assert read.rows["owners"][0]["area"] == cm2


@pytest.mark.parametrize("said", ["88.165", "-3", "0", "很大", "1e9", "nan", "inf"])
def test_an_impossible_area_is_named_with_its_place(said):
    read = sheets.read(book(业主=[[c.title for c in OWNERS.columns], ["张三", "", "3号楼402", said]]), TABLES)
    assert [(f.sheet, f.row, f.column) for f in read.faults] == [("业主", 2, "建筑面积（平方米）")]


def test_a_day_of_no_calendar_is_named_with_its_place():
    read = sheets.read(book(职务=[["姓名*", "职务＊", "任期开始", "任期结束"], ["王秀兰", "网格员", "9" * 30 + "-1-1", "2030-02-30"]]), TABLES)
    assert [(f.sheet, f.row, f.column) for f in read.faults] == [("职务", 2, "任期开始"), ("职务", 2, "任期结束")]


def test_every_mistake_is_listed_with_sheet_row_and_column():
    data = book(地点=[["名称", "级别", "新列"], ["第一网格", "大网格", ""], ["=1+1", "网格", ""]], 人员=[["姓名", "手机号"], ["", "1390"]])
    found = {(f.sheet, f.row, f.column) for f in sheets.read(data, TABLES).faults}
    assert found == {("地点", 1, "新列"), ("地点", 2, "级别"), ("人员", 2, "姓名"), ("人员", 2, "手机号")}


def test_a_text_that_looks_like_a_formula_is_refused_and_one_that_does_not_is_kept():
    data = book(单位=[["名称", "类别"], ["@SUM(1)", "企业商户"], ["＝1+1", "企业商户"], ["甲+乙=丙商店", "企业商户"]])
    read = sheets.read(data, TABLES)
    assert [f.row for f in read.faults] == [2, 3]
    assert read.rows["units"][2]["name"] == "甲+乙=丙商店"


@pytest.mark.parametrize("data", [b"", b"hello", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0" + bytes(600)])
def test_what_is_no_sheet_is_said_to_be_none(data):
    assert sheets.read(data, TABLES).faults[0].phrase == Phrase(
        "This is not an .xlsx file. Save the sheet as “Excel workbook (.xlsx)” and try again."
    )


def test_a_file_that_unfolds_to_gigabytes_is_not_unfolded():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", bytes(200_000_000))
    assert len(target.getvalue()) < 300_000
    assert "too large" in sheets.read(target.getvalue(), TABLES).faults[0].phrase.message


async def test_a_cell_in_the_farthest_corner_does_not_take_the_machine():
    good = book(单位=[["名称", "类别"], ["甲", "企业商户"]])
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, old.read(part).replace(b'r="B2"', b'r="XFD1048576"'))
    assert (await sheets.take(good, TABLES)).rows["units"]
    with pytest.raises(Refusal):
        await sheets.take(target.getvalue(), TABLES)
    from council.workshop.workers import workers

    await workers.shutdown()


async def test_a_file_over_the_limit_is_refused_with_413():
    with pytest.raises(Refusal) as refused:
        await sheets.take(struct.pack("4s", b"PK\x03\x04") * (sheets.BIGGEST // 4 + 1), TABLES)
    assert refused.value.status == 413


@pytest.mark.parametrize("coding", ["utf-8-sig", "gb18030"])
@pytest.mark.parametrize("between", [",", "\t", ";"])
def test_a_list_saved_as_plain_text_is_read_like_a_sheet(coding, between):
    lines = ["业主姓名*|房屋地址*|建筑面积（平方米）*", "王秀兰|3号楼402|88.50", "|3号楼502|abc"]
    reading = sheets.read("\r\n".join(line.replace("|", between) for line in lines).encode(coding), TABLES)
    assert reading.rows["owners"][0] == {"row": 2, "name": "王秀兰", "address": "3号楼402", "area": 885_000}
    assert {(fault.row, fault.column) for fault in reading.faults} == {(3, "业主姓名"), (3, "建筑面积（平方米）")}


def test_of_a_list_of_millions_only_so_many_lines_are_read_as_can_be_taken():
    lines = ["业主姓名*,房屋地址*,建筑面积（平方米）*", *["王秀兰,3号楼402,88.50"] * (sheets.ROWS + 5)]
    grid = sheets._plain_text("\n".join(lines).encode())
    assert len(grid) == sheets.ROWS + 2
    assert "20000" in str(sheets.read("\n".join(lines).encode(), TABLES).faults[0].phrase)
