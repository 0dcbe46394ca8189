"""A text as a Word file: headings, paragraphs and pairs of the HTML that the page and the printed paper show, in the layout of official letters.

Made with python-docx, an optional extra: `pip install council[word]`, or python-docx beside it. Page and type follow GB/T 9704: A4,
37/35/28/26 mm, 三号 type on 28.95 pt lines, paragraphs set in by two signs. Headings are real headings, so that Word can list and read them aloud.
"""

from __future__ import annotations

from html.parser import HTMLParser
from importlib.util import find_spec
from io import BytesIO
from typing import Any

from council.refusals import Refusal

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BODY, HEADS = "仿宋", "黑体"
MARGINS = {"top_margin": 37, "bottom_margin": 35, "left_margin": 28, "right_margin": 26}  # mm
SIZE, TITLE_SIZE, LINE = 16, 22, 28.95  # pt


def installed() -> bool:
    """Can Word files be made here?"""
    return find_spec("docx") is not None


def must_be_installed() -> None:
    if not installed():
        raise Refusal("Word files are not set up here. The operator can add them: pip install python-docx. The PDF is always there.", status=409)


class Blocks(HTMLParser):
    """Blocks of a text in order: ("h2" | "p", [(words, bold)]) and ("pair", [(word, bold), (value, bold)])."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, bool]]]] = []
        self._open, self._bold, self._runs = "", False, list[tuple[str, bool]]()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("h2", "p", "dt", "dd"):
            self._open, self._runs = tag, []
        elif tag in ("b", "strong"):
            self._bold = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("b", "strong"):
            self._bold = False
        elif tag == self._open:
            self._open = ""
            self._keep(tag, self._runs)

    def handle_data(self, data: str) -> None:
        if self._open and (words := " ".join(data.split())):
            before = " " if data[0].isspace() and self._runs else ""
            self._runs.append((before + words + (" " if data[-1].isspace() else ""), self._bold))

    def _keep(self, tag: str, runs: list[tuple[str, bool]]) -> None:
        if tag == "dd" and self.found and self.found[-1][0] == "dt":
            word = self.found.pop()[1]
            runs = [*word, ("".join(text for text, _ in runs), False)]
        if runs:
            self.found.append(({"dd": "pair"}.get(tag, tag), runs))


def document(title: str, html: str, *, head: str = "", foot: str = "", language: str = "zh-CN") -> bytes:
    """The file. `html` holds h2, p, dl and b; `head` stands over every page (a draft says so), `foot` below the text."""
    must_be_installed()
    from docx import Document

    paper = Document()
    _lay_out(paper, language)
    paper.core_properties.title, paper.core_properties.language, paper.core_properties.author = title, language, ""
    if head:
        paper.sections[0].header.paragraphs[0].text = head
    paper.add_paragraph(title, style="Title")
    for kind, runs in Blocks(html).found:
        _add(paper, kind, runs)
    if foot:
        paper.add_paragraph(foot)
    made = BytesIO()
    paper.save(made)
    return made.getvalue()


def _lay_out(paper: Any, language: str) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    page = paper.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    for name, millimetres in MARGINS.items():
        setattr(page, name, Mm(millimetres))
    for name, font, size in (("Normal", BODY, SIZE), ("Heading 2", HEADS, SIZE), ("Title", HEADS, TITLE_SIZE)):
        _set(paper.styles[name], font, Pt(size), language)
    lines = paper.styles["Normal"].paragraph_format
    lines.line_spacing, lines.space_after, lines.first_line_indent = Pt(LINE), Pt(0), Pt(2 * SIZE)
    head = paper.styles["Title"].paragraph_format
    head.alignment, head.first_line_indent, head.line_spacing = WD_ALIGN_PARAGRAPH.CENTER, Pt(0), Pt(2 * SIZE)


def _set(style: Any, font: str, size: Any, language: str) -> None:
    """Both the Latin and the Chinese face of a style: Word keeps them apart. Black, as official letters are."""
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement
    from docx.shared import RGBColor

    style.font.name, style.font.size, style.font.color.rgb = font, size, RGBColor(0, 0, 0)
    faces = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        faces.attrib.pop(qn(theme), None)
    faces.set(qn("w:eastAsia"), font)
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:eastAsia"), language)
    style.element.get_or_add_rPr().append(spoken)


def _add(paper: Any, kind: str, runs: list[tuple[str, bool]]) -> None:
    from docx.shared import Pt

    made = paper.add_paragraph(style="Heading 2" if kind == "h2" else None)
    if kind in ("h2", "pair"):
        made.paragraph_format.first_line_indent = Pt(0)
    for number, (words, bold) in enumerate(runs):
        made.add_run(words + ("：" if kind == "pair" and number == 0 else "")).bold = bold or (kind == "pair" and number == 0) or None
