"""The printing itself, inside a worker process. WeasyPrint is heavy: it is imported at the first job."""

from __future__ import annotations

import logging
from typing import Any

from council.i18n import Phrase
from council.workshop import fonts
from council.workshop.pdf import Box, PaperFault, Rendered

OPTIONS = {"pdf_variant": "pdf/a-2u", "pdf_tags": True}
DRAWER = fonts.Drawer()  # one for each worker process


def _fetcher(known: dict[str, bytes]) -> Any:
    """Answers for our own typefaces and for data inside the page; every other address is denied."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnOnly(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if url in known:
                return URLFetcherResponse(url, known[url])
            return super().fetch(url, headers)

    return OwnOnly(allowed_protocols=("data",), allow_redirects=False)


def _boxes(pages: list[Any]) -> dict[str, Box]:
    """Places of `sig-…` elements: pixels from the top left become points from the bottom left."""
    found: dict[str, Box] = {}
    for number, page in enumerate(pages):
        for name, (x1, y1, x2, y2) in page.anchors.items():
            if name.startswith("sig-"):
                top, bottom = page.height - y1, page.height - y2
                found[name] = (number, *(round(v * 0.75, 2) for v in (x1, bottom, x2, top)))
    return found


def _apart(_: Any, pdf: Any) -> None:
    """Write every object by itself: who reads one of a shared stream reads its whole table again, and who checks five signatures reads them all."""
    together = pdf.write
    pdf.write = lambda output, version, identifier, _: together(output, version, identifier)


def printed(html: str) -> Rendered:
    """Lay out and write one document."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    text = fonts.letters(html)
    if lost := fonts.missing(text):
        phrase = Phrase("No typeface here can print these characters: %(characters)s", characters=lost)
        raise PaperFault(phrase)
    faces, fetcher = FontConfiguration(), _fetcher(DRAWER.fonts(text))
    sheet = CSS(string=fonts.style_sheet(), font_config=faces, url_fetcher=fetcher)
    page = HTML(string=html, url_fetcher=fetcher)
    document = page.render(font_config=faces, stylesheets=[sheet], **OPTIONS)
    return Rendered(document.write_pdf(finisher=_apart, **OPTIONS), _boxes(document.pages), len(document.pages))
