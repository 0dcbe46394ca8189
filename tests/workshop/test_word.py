"""Word files: headings, pairs and lines to sign as official letters have them; a plain word where the extra is missing."""

from __future__ import annotations

import zipfile
from io import BytesIO
from xml.etree import ElementTree

import pytest
from docx import Document

from council.refusals import Refusal
from council.workshop import lettering, word

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

HTML = """<h2><span class="minutes__number">1. </span>停车 &amp; 充电</h2><dl class="facts"><div><dt>主持</dt><dd>周敏</dd></div></dl>
<p><b>提案</b> 划24个
车位；</p><p></p><p>&lt;b&gt;不是标签&lt;/b&gt;</p>"""
HANDS = (word.Hand("主持人", "周敏", "系统内确认", "日期", "2026年11月22日"), word.Hand("居民代表", day_word="日期"))
PAGES = ("第 ", " 页 共 ", " 页")


def test_blocks_come_in_order_with_what_is_bold_and_without_numbers():
    assert word.Blocks(HTML).found == [
        ("h2", [("停车 & 充电", False)]), ("pair", [("主持", False), ("周敏", False)]),
        ("p", [("提案", True), (" 划24个 车位；", False)]), ("p", [("<b>不是标签</b>", False)]),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def made() -> bytes:
    around = word.Around("长风社区会议纪要", "社区评议会", "11月22日", "第2版", "草稿", PAGES, "确认与签名", HANDS, ["密封"])
    return word.document("长风社区停车评议会", HTML, around)


def test_the_file_opens_with_numbered_headings_and_the_margins_of_official_letters(made):
    paper = Document(BytesIO(made))
    assert [(one.style.name, one.text) for one in paper.paragraphs] == [
        ("Normal", "长风社区会议纪要"), ("Title", "长风社区停车评议会"), ("Normal", "第2版"), ("Heading 2", "一、停车 & 充电"),
        ("Normal", "提案 划24个 车位；"), ("Normal", "<b>不是标签</b>"), ("Heading 2", "二、确认与签名"), ("Normal", "密封"),
    ]  # fmt: skip
    page = paper.sections[0]
    assert [round(one.mm) for one in (page.page_width, page.page_height, page.top_margin, page.right_margin)] == [210, 297, 37, 26]
    assert page.header.paragraphs[0].text == "草稿"
    assert [run.bold for run in paper.paragraphs[4].runs] == [True, None]


def test_every_face_is_named_with_what_stands_in_for_it(made):
    with zipfile.ZipFile(BytesIO(made)) as parts:
        assert parts.testzip() is None
        read = {name: ElementTree.fromstring(parts.read(name)) for name in parts.namelist() if name.endswith((".xml", ".rels"))}
    wanted = {W + "eastAsia": "仿宋", W + "ascii": "Times New Roman", W + "hAnsi": "Times New Roman"}
    normal = next(one for one in read["word/styles.xml"].iter(W + "style") if one.get(W + "styleId") == "Normal")
    assert wanted.items() <= normal.find(f"{W}rPr/{W}rFonts").attrib.items()
    assert normal.find(f"{W}rPr/{W}rFonts").get(W + "eastAsiaTheme") is None
    instead = {one.get(W + "name"): one.find(W + "altName") for one in read["word/fontTable.xml"]}
    assert {
        face: instead[face].get(W + "val").partition(",")[0] for face in (lettering.BODY, lettering.HEADS, lettering.TITLE)
    } == {"仿宋": "FangSong", "黑体": "SimHei", "SimSun": "宋体"}
    assert [one.get(W + "instr") for one in read["word/footer1.xml"].iter(W + "fldSimple")] == ["PAGE", "NUMPAGES"]


def test_there_is_a_line_for_everybody_who_signs_and_it_holds_who_has(made):
    under, facts, hands = Document(BytesIO(made)).tables
    assert [cell.text for cell in under.rows[0].cells] == ["社区评议会", "11月22日"]
    assert [[cell.text for cell in row.cells] for row in facts.rows] == [["主持", "周敏"]]
    assert [[cell.text for cell in row.cells] for row in hands.rows] == [
        ["主持人", "周敏（系统内确认）", "日期", "2026年11月22日"], ["居民代表", "", "日期", ""],
    ]  # fmt: skip
    ruled = [[cell._tc.find(f".//{W}tcBorders/{W}bottom") is not None for cell in row.cells] for row in hands.rows]
    assert ruled == [[False, True, False, True]] * 2


def test_without_the_extra_a_plain_word_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(word, "find_spec", lambda name: None)
    with pytest.raises(Refusal, match="docx"):
        word.document("x", HTML)
