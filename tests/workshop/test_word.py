"""Word files: the blocks of a text as real headings and paragraphs; a plain word where the extra is missing."""

from __future__ import annotations

import zipfile
from io import BytesIO
from xml.etree import ElementTree

import pytest
from docx import Document

from council.refusals import Refusal
from council.workshop import word

HTML = """<h2><span class="n">1. </span>停车 &amp; 充电</h2><dl class="facts"><div><dt>主持</dt><dd>周敏</dd></div></dl>
<p><b>提案</b> 划24个
车位；</p><p></p><p>&lt;b&gt;不是标签&lt;/b&gt;</p>"""


def test_blocks_come_in_order_with_what_is_bold():
    assert word.Blocks(HTML).found == [
        ("h2", [("1. ", False), ("停车 & 充电", False)]), ("pair", [("主持", False), ("周敏", False)]),
        ("p", [("提案", True), (" 划24个 车位；", False)]), ("p", [("<b>不是标签</b>", False)]),
    ]  # fmt: skip


def test_the_file_opens_with_headings_chinese_faces_and_the_margins_of_official_letters():
    made = word.document("长风社区停车评议会", HTML, head="草稿", foot="密封")
    with zipfile.ZipFile(BytesIO(made)) as parts:
        assert parts.testzip() is None
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(parts.read(name))
        assert '仿宋' in parts.read("word/styles.xml").decode()
    paper = Document(BytesIO(made))
    assert [(one.style.name, one.text) for one in paper.paragraphs] == [
        ("Title", "长风社区停车评议会"), ("Heading 2", "1. 停车 & 充电"), ("Normal", "主持：周敏"), ("Normal", "提案 划24个 车位；"),
        ("Normal", "<b>不是标签</b>"), ("Normal", "密封"),
    ]  # fmt: skip
    page = paper.sections[0]
    assert [round(one.mm) for one in (page.page_width, page.page_height, page.top_margin, page.right_margin)] == [210, 297, 37, 26]
    assert page.header.paragraphs[0].text == "草稿"
    assert [run.bold for run in paper.paragraphs[3].runs] == [True, None]


def test_without_the_extra_a_plain_word_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(word, "find_spec", lambda name: None)
    with pytest.raises(Refusal, match="docx"):
        word.document("x", HTML)
