"""The twin of W9: WeasyPrint and pyHanko called directly by a bare pool of two processes. No database, no rules, no limits, nobody told."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from hashlib import scrypt
from io import BytesIO
from pathlib import Path
from typing import Any

OPTIONS = {"pdf_variant": "pdf/a-2u", "pdf_tags": True}
ROUNDS = 9


@cache
def kept(folder: str) -> dict[str, Any]:
    return dict(json.loads(Path(folder, "static.json").read_text()))


@cache
def typefaces(folder: str) -> dict[str, bytes]:
    """The same typefaces, cut once for all pages."""
    from council.workshop import fonts

    return fonts.subsets(fonts.letters(kept(folder)["html"] + "".join(kept(folder)["faces"])))


def printed(folder: str, html: str) -> tuple[bytes, dict[str, Any]]:
    """WeasyPrint and nothing else."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    from council.workshop import fonts

    known = typefaces(folder)

    class Own(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            return URLFetcherResponse(url, known[url])

    faces, fetcher = FontConfiguration(), Own()
    sheet = CSS(string=fonts.style_sheet(), font_config=faces, url_fetcher=fetcher)
    document = HTML(string=html, url_fetcher=fetcher).render(font_config=faces, stylesheets=[sheet], **OPTIONS)
    boxes = {}
    for number, page in enumerate(document.pages):
        for name, (x1, y1, x2, y2) in page.anchors.items():
            if name.startswith("sig-"):
                boxes[name] = (number, tuple(round(v * 0.75) for v in (x1, page.height - y2, x2, page.height - y1)))
    return document.write_pdf(**OPTIONS), boxes


@cache
def keys() -> Any:
    """A root and five certificates, each key behind scrypt of the same cost as ours."""
    from tests.workshop import cast

    return cast.register()


def signed(pdf: bytes, field: str, hand: Any, face: bytes) -> bytes:
    """pyHanko and nothing else, with a face in the field."""
    from asn1crypto import keys as asn1
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    from council.workshop import sealing, signing

    scrypt(b"820641", salt=os.urandom(16), **sealing.WORK)
    signer = signers.SimpleSigner(
        signing_cert=signing.certificate_of(hand.certificate), signing_key=asn1.PrivateKeyInfo.load(hand.key),
        cert_registry=signing.store(tuple(keys().chain)),
    )  # fmt: skip
    meta = signers.PdfSignatureMetadata(field_name=field, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES, reason="同意")
    maker = signers.PdfSigner(meta, signer, stamp_style=signing.face(face))
    return bytes(maker.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), existing_fields_only=True).getvalue())


def whole(folder: str) -> int:
    """One agreement: printed, five fields, five faces, five signatures."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields

    page, boxes = printed(folder, kept(folder)["html"])
    writer = IncrementalPdfFileWriter(BytesIO(page))
    for name in kept(folder)["fields"]:
        number, box = boxes[name]
        fields.append_signature_field(writer, fields.SigFieldSpec(name, on_page=number, box=box, empty_field_appearance=True))
    out = BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    made = out.getvalue()
    for name, html, hand in zip(kept(folder)["fields"], kept(folder)["faces"], keys().hands, strict=True):
        made = signed(made, name, hand, printed(folder, html)[0])
    return len(made)


def district(folder: str, many: int) -> dict[str, float]:
    from bench.w9 import Meter

    meter = Meter()
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(whole, [folder] * 2))
        before, begun = meter.cpu, time.perf_counter()
        list(pool.map(whole, [folder] * many))
        wall, cpu = time.perf_counter() - begun, meter.cpu - before
    return {"wall": wall, "cpu": cpu, "late": max(meter.weights)}


def page(folder: str) -> dict[str, float]:
    """Processor seconds of one page, ours and bare, in turns within one process: the quickest of each."""
    from council.i18n import DEFAULT, speaking
    from council.workshop import press

    html, ours, bare = kept(folder)["html"], [], []
    press.printed(html)
    printed(folder, html)
    for _ in range(ROUNDS):
        begun = time.process_time()
        with speaking(DEFAULT):
            press.printed(html)
        between = time.process_time()
        printed(folder, html)
        ours.append(between - begun)
        bare.append(time.process_time() - between)
    return {"ours": min(ours), "twin": min(bare), "rounds": ROUNDS}


if __name__ == "__main__":
    print(json.dumps(page(sys.argv[1]) if sys.argv[2] == "page" else district(sys.argv[1], int(sys.argv[2]))))
