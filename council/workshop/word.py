"""A text as a Word file: headings, paragraphs and pairs of the HTML that the page and the printed paper show, in the layout of official letters.

Made with python-docx, an optional extra: `pip install council[word]`, or python-docx beside it. Page and type follow GB/T 9704: A4,
37/35/28/26 mm, 三号 type on 28.95 pt lines, paragraphs set in by two signs. Headings are real headings, so that Word can list and read them aloud.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from importlib.util import find_spec
from io import BytesIO
from itertools import groupby
from typing import Any

from council.refusals import Refusal
from council.workshop import lettering
from council.workshop.lettering import FINE, GREY, INK, RED, SMALL, TITLE
from council.workshop.papers import numeral

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PAIR, HAND, HALVES = (50, 106), (30, 64, 15, 47), (78, 78)  # mm of 156


@dataclass(frozen=True, slots=True)
class Hand:
    """A line to sign on: as what, whose name stands there already and how it came there, the word for the day and the day. "" is to be written."""

    word: str
    name: str = ""
    how: str = ""
    day_word: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a text: `masthead` large and red with `left` and `right` under it, `number` under the title, `head` over every page
    (a draft says so), `pages` the words before, between and behind the numbers of page and pages, `hands` under `hands_word`, `foot` below all."""

    masthead: str = ""
    left: str = ""
    right: str = ""
    number: str = ""
    head: str = ""
    pages: Sequence[str] = ()
    hands_word: str = ""
    hands: Sequence[Hand] = ()
    foot: Sequence[str] = ()
    language: str = "zh-CN"


def installed() -> bool:
    """Can Word files be made here?"""
    return find_spec("docx") is not None


def must_be_installed() -> None:
    if not installed():
        raise Refusal("Word files are not set up here. The operator can add them: pip install python-docx. The PDF is always there.", status=409)


class Blocks(HTMLParser):
    """Blocks of a text in order: ("h2" | "p", [(words, bold)]) and ("pair", [(word, bold), (value, bold)]). Numbers of headings are left out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, bool]]]] = []
        self._open, self._bold, self._skipped, self._runs = "", False, False, list[tuple[str, bool]]()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("h2", "p", "dt", "dd"):
            self._open, self._runs = tag, []
        elif tag in ("b", "strong"):
            self._bold = True
        elif tag == "span" and self._open == "h2":
            self._skipped = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("b", "strong"):
            self._bold = False
        elif tag == "span":
            self._skipped = False
        elif tag == self._open:
            self._open = ""
            self._keep(tag, self._runs)

    def handle_data(self, data: str) -> None:
        if self._open and not self._skipped and (words := " ".join(data.split())):
            before = " " if data[0].isspace() and self._runs else ""
            self._runs.append((before + words + (" " if data[-1].isspace() else ""), self._bold))

    def _keep(self, tag: str, runs: list[tuple[str, bool]]) -> None:
        if tag == "dd" and self.found and self.found[-1][0] == "dt":
            word = self.found.pop()[1]
            runs = [*word, ("".join(text for text, _ in runs), False)]
        if runs:
            self.found.append(({"dd": "pair"}.get(tag, tag), runs))


def document(title: str, html: str, around: Around | None = None) -> bytes:
    """The file. `html` holds h2, p, dl and b; headings are numbered 一、二、三、 as in official letters, 1. 2. 3. outside Chinese."""
    must_be_installed()
    from docx import Document

    around = around or Around()
    paper = Document()
    lettering.lay_out(paper, around.language, around.head, around.pages)
    paper.core_properties.title, paper.core_properties.language, paper.core_properties.author = title, around.language, ""
    _begin(paper, title, around)
    headings = _body(paper, html, around)
    if around.hands:
        _heading(paper, around.hands_word, headings + 1, around)
        _sign(paper, around.hands)
    for words in around.foot:
        lettering.line(paper, words, FINE)
    made = BytesIO()
    paper.save(made)
    return made.getvalue()


def _begin(paper: Any, title: str, around: Around) -> None:
    """The red head of an official paper, the title, and what it is numbered as."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    if around.masthead:
        lettering.line(paper, around.masthead, 30, face=TITLE, colour=RED)
        row = _table(paper, HALVES, [(around.left, around.right)]).rows[0]
        row.cells[1].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
        for cell in row.cells:
            lettering.rule(cell, RED, 18)
    paper.add_paragraph(title, style="Title")
    if around.number:
        lettering.line(paper, around.number, SMALL, face=lettering.BODY)


def _body(paper: Any, html: str, around: Around) -> int:
    """Every block in its order, pairs that follow one another as one table; how many headings there were."""
    headings = 0
    for kind, together in groupby(Blocks(html).found, key=lambda block: block[0]):
        found = [runs for _, runs in together]
        if kind == "pair":
            _pairs(paper, [(runs[0][0], "".join(words for words, _ in runs[1:])) for runs in found])
            continue
        for runs in found:
            headings += kind == "h2"
            _heading(paper, "".join(words for words, _ in runs), headings, around) if kind == "h2" else _paragraph(paper, runs)
    return headings


def _paragraph(paper: Any, runs: Sequence[tuple[str, bool]]) -> None:
    made = paper.add_paragraph()
    for words, bold in runs:
        made.add_run(words).bold = bold or None


def _heading(paper: Any, words: str, number: int, around: Around) -> None:
    from docx.shared import Pt

    mark = f"{numeral(number)}、" if around.language.startswith("zh") else f"{number}. "
    paper.add_paragraph(mark + words, style="Heading 2").paragraph_format.first_line_indent = Pt(0)


def _pairs(paper: Any, pairs: Sequence[Sequence[str]]) -> None:
    for row in _table(paper, PAIR, pairs).rows:
        for cell in row.cells:
            lettering.rule(cell, GREY, 4)


def _sign(paper: Any, hands: Sequence[Hand]) -> None:
    """A line for everybody who signs, high enough for a pen; rows never part at the end of a page."""
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE
    from docx.shared import Mm, Pt

    table = _table(paper, HAND, [(one.word, one.name, one.day_word, one.day) for one in hands])
    for row, hand in zip(table.rows, hands, strict=True):
        row.height, row.height_rule = Mm(15), WD_ROW_HEIGHT_RULE.AT_LEAST
        if hand.how:
            row.cells[1].paragraphs[0].add_run(f"（{hand.how}）").font.size = Pt(9)
        for cell in row.cells:
            cell.vertical_alignment, cell.paragraphs[0].paragraph_format.keep_with_next = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM, True
        for place in (1, 3):
            lettering.rule(row.cells[place], INK, 6)


def _table(paper: Any, widths: Sequence[int], rows: Sequence[Sequence[str]]) -> Any:
    """A table without lines, its columns in millimetres, in the smaller type."""
    from docx.shared import Mm, Pt

    made = paper.add_table(rows=len(rows), cols=len(widths))
    made.autofit = False
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Mm(width)
    for row, values in zip(made.rows, rows, strict=True):
        for cell, width, words in zip(row.cells, widths, values, strict=True):
            cell.width, line = Mm(width), cell.paragraphs[0]
            line.paragraph_format.first_line_indent, line.paragraph_format.line_spacing = Pt(0), Pt(22)
            line.add_run(words).font.size = Pt(SMALL)
    return made
