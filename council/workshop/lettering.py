"""Lettering: page, faces and single lines of a Word file, as official letters have them (GB/T 9704). Knows nothing of what is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

BODY, HEADS, TITLE, LATIN = "仿宋", "黑体", "SimSun", "Times New Roman"
# What Word takes where a face is not installed: the other names that the same face goes by, then the nearest free one.
INSTEAD = {
    BODY: "FangSong,仿宋_GB2312,STFangsong,Noto Serif CJK SC", HEADS: "SimHei,STHeiti,Noto Sans CJK SC", TITLE: "宋体,STSong,Noto Serif CJK SC",
}  # fmt: skip
MARGINS = {"top_margin": 37, "bottom_margin": 35, "left_margin": 28, "right_margin": 26}  # mm
RED, GREY, INK = "C8161D", "BBBBBB", "333333"
SIZE, TITLE_SIZE, SMALL, FINE, LINE = 16, 22, 14, 10.5, 28.95  # pt


def lay_out(paper: Any, language: str, head: str, pages: Sequence[str]) -> None:
    """A4, the type of every style, `head` over every page and the number of the page under it."""
    from docx.shared import Mm

    page = paper.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    for name, millimetres in MARGINS.items():
        setattr(page, name, Mm(millimetres))
    _styles(paper, language)
    _name_instead(paper)
    if head:
        _over(page.header.paragraphs[0], head)
    if pages:
        _number(page.footer.paragraphs[0], pages)


def _styles(paper: Any, language: str) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Pt

    for name, face, size in (("Normal", BODY, SIZE), ("Heading 2", HEADS, SIZE), ("Title", TITLE, TITLE_SIZE)):
        _set(paper.styles[name], face, Pt(size), language)
    lines = paper.styles["Normal"].paragraph_format
    lines.line_spacing, lines.space_after, lines.first_line_indent = Pt(LINE), Pt(0), Pt(2 * SIZE)
    heading = paper.styles["Heading 2"]
    heading.font.bold, heading.paragraph_format.space_before = False, Pt(6)
    title = paper.styles["Title"]
    title.font.bold = True
    title.paragraph_format.alignment, title.paragraph_format.first_line_indent = WD_ALIGN_PARAGRAPH.CENTER, Pt(0)
    title.paragraph_format.space_before, title.paragraph_format.line_spacing = Pt(14), Pt(2 * SIZE)
    for border in title.element.pPr.findall(qn("w:pBdr")):  # the library's own blue line
        title.element.pPr.remove(border)


def _set(style: Any, face: str, size: Any, language: str) -> None:
    """Both the Latin and the Chinese face of a style: Word keeps them apart. Black, as official letters are."""
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement
    from docx.shared import RGBColor

    style.font.name, style.font.size, style.font.color.rgb = LATIN, size, RGBColor(0, 0, 0)
    _faces(style.element.get_or_add_rPr(), face)
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:eastAsia"), language)
    style.element.get_or_add_rPr().append(spoken)


def _faces(properties: Any, face: str) -> None:
    from docx.oxml.ns import qn

    faces = properties.get_or_add_rFonts()
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        faces.attrib.pop(qn(theme), None)
    for script, name in (("ascii", LATIN), ("hAnsi", LATIN), ("eastAsia", face)):
        faces.set(qn(f"w:{script}"), name)


def _name_instead(paper: Any) -> None:
    """The list of faces in the file tells by which other names each may be found."""
    part = next(one for one in paper.part.package.iter_parts() if one.partname == "/word/fontTable.xml")
    told = "".join(
        f'<w:font w:name={quoteattr(face)}><w:altName w:val={quoteattr(others)}/><w:charset w:val="86"/><w:family w:val="roman"/></w:font>'
        for face, others in INSTEAD.items()
    )
    part._blob = part.blob.replace(b"</w:fonts>", told.encode() + b"</w:fonts>")


def _over(line: Any, words: str) -> None:
    """What stands over every page, in red at the left margin: nobody takes a draft for the paper."""
    from docx.shared import Pt, RGBColor

    line.paragraph_format.first_line_indent = Pt(0)
    run = line.add_run(words)
    run.bold, run.font.size, run.font.color.rgb = True, Pt(SMALL), RGBColor.from_string(RED)


def _number(line: Any, words: Sequence[str]) -> None:
    """"第 1 页 共 2 页": Word counts when the file is opened. `words`: before, between and behind the two numbers."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement
    from docx.shared import Pt

    line.alignment, line.paragraph_format.first_line_indent = WD_ALIGN_PARAGRAPH.CENTER, Pt(0)
    for said, counted in zip(words, ("PAGE", "NUMPAGES", ""), strict=True):
        line.add_run(said).font.size = Pt(SMALL)
        if counted:
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), counted)
            number = line.add_run("1")
            number.font.size = Pt(SMALL)
            field.append(number._r)
            line._p.append(field)


def line(paper: Any, words: str, size: float, *, face: str = "", colour: str = "") -> None:
    """A line of its own: in the middle where a face is named, bold and coloured where a colour is; else from the left margin."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt, RGBColor

    made = paper.add_paragraph()
    made.paragraph_format.first_line_indent = Pt(0)
    run = made.add_run(words)
    run.font.size = Pt(size)
    if face:
        made.alignment, made.paragraph_format.line_spacing = WD_ALIGN_PARAGRAPH.CENTER, 1.2
        _faces(run._element.get_or_add_rPr(), face)
    if colour:
        run.bold, run.font.color.rgb = True, RGBColor.from_string(colour)


def rule(cell: Any, colour: str, eighths: int) -> None:
    """A line below a cell of a table, so many eighths of a point thick."""
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement

    borders, below = OxmlElement("w:tcBorders"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", str(eighths)), ("color", colour)):
        below.set(qn(f"w:{name}"), value)
    borders.append(below)
    cell._tc.get_or_add_tcPr().append(borders)
