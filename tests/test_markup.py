"""The template environment and the page frame."""

from __future__ import annotations

import gzip
import re

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from council import markup
from council.i18n import LANGUAGES, speaking
from council.markup import Imprint, Page, Visitor, asset, environment, qr, render


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        environment().from_string("{{ nothing }}").render()


def test_text_is_escaped_everywhere() -> None:
    evil = "<script>"
    written = environment().from_string(
        "{{ evil }}{{ ui.heading(evil) }}{{ field.text('a', evil, {'a': evil}, {'a': evil}, hint=evil) }}"
        "{{ field.radios('b', evil, [(evil, evil, evil)]) }}"
        "{{ ui.rows([{'href': '/', 'title': evil, 'facts': [evil]}]) }}"
        "{{ chart.votes([(evil, 1, 'yes')]) }}{{ qr('x', evil) }}{{ kit.button({'text': evil}) }}"
    )
    assert evil not in written.render(evil=evil)
    assert "&lt;script&gt;" in written.render(evil=evil)


def test_one_block_can_be_rendered_alone() -> None:
    page = Page("T", site="S")
    whole = render("base.html", page=page)
    assert whole.startswith("<!doctype html>")
    assert "<html" not in render("base.html", block="masthead", page=page)


def test_the_kept_frame_never_mixes_people_paths_or_languages() -> None:
    mine = render(
        "base.html", page=Page("T", site="S", path="/mine?q=a&b=c", who=Visitor("王桂芳", ("书记",)))
    )
    yours = render("base.html", page=Page("T", site="S", path="/yours", who=Visitor("李建国")))
    nobody = render("base.html", page=Page("T", site="S", path="/", language="en"))
    assert "王桂芳" in mine
    assert 'href="/desk"' in mine
    assert 'value="/mine?q=a&amp;b=c"' in mine
    assert "王桂芳" not in yours + nobody
    assert 'href="/desk"' not in yours + nobody
    assert "/mine" not in yours + nobody
    assert "Home" in nobody
    assert markup.OWN_PATH not in mine + yours + nobody


def test_the_frame_speaks_the_page_s_language_whatever_is_spoken_around_it() -> None:
    with speaking("en"):
        chinese = render("base.html", block="masthead", page=Page("T", site="another"))
    assert 'lang="en">English' in chinese
    assert "High contrast" not in chinese


def test_an_address_of_a_file_changes_with_its_content() -> None:
    assert asset("council.css").startswith("/static/council.css?v=")
    assert asset("council.css") != asset("council.js")
    with pytest.raises(FileNotFoundError):
        asset("missing.css")


def test_a_qr_code_is_sized_by_the_stylesheet_and_named_for_screen_readers() -> None:
    drawn = qr("https://example.org/p/K7MQ2XWH9RTP", "二维码")
    assert isinstance(drawn, Markup)
    assert 'aria-label="二维码"' in drawn
    assert "viewBox" in drawn
    assert " width=" not in drawn


def test_strips_and_imprint_are_shown_only_when_they_apply() -> None:
    plain = render("base.html", page=Page("T"))
    full = render(
        "base.html",
        page=Page("T", demo=True, insecure=True, imprint=Imprint("居委会", "023-00000000", "备案")),
    )
    assert "strip--demo" not in plain
    assert "strip--insecure" not in plain
    assert "strip--demo" in full
    assert "strip--insecure" in full
    assert "备案" in full


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_frame_is_light(language: str) -> None:
    assert (
        len(gzip.compress(render("base.html", page=Page("T", site="S", language=language)).encode())) < 3000
    )


def test_no_picture_is_wider_than_its_page() -> None:
    """A picture that people took names its own width, a phone's three thousand points: a class or what surrounds it must say how wide it is shown."""
    style = (markup.STATIC / "council.css").read_text()
    pages = [(path, path.read_text()) for path in (markup.HERE / "templates").rglob("*.html") if "papers" not in path.parts]
    taken = [(path.name, one) for path, text in pages for one in re.findall(r"(?:shot\"[^\n]{0,160})?<img[^>]* width=\"\{\{[^>]*>", text)]
    assert len(taken) > 5
    for name, picture in taken:
        named = re.search(r'<img class="(\w+)"', picture)
        rule = f".{named[1]} {{" if named else ".shot img {"
        assert named or picture.startswith('shot"'), f"{name}: nothing says how wide {picture} is shown"
        assert "width: 100%" in style.partition(rule)[2].partition("}")[0], f"{name}: {rule}"
