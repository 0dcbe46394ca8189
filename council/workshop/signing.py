"""Putting fields and signatures into a PDF file. Runs in a worker process: pyHanko is heavy."""

from __future__ import annotations

import binascii
import uuid
from datetime import datetime
from io import BytesIO
from typing import Any

from asn1crypto import keys, pem, x509
from pyhanko.pdf_utils import content, layout
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from council.i18n import Phrase
from council.workshop.pades import Field, Signing, SigningFault

RESERVED = 4096  # bytes kept free for one signature with its two issuing certificates


class _Page(content.PdfContent):
    """A one-page PDF as the face of a signature, taken from memory (pyHanko's own wants a file)."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__()
        self._pdf = pdf

    def render(self) -> bytes:
        page = self._ensure_writer.import_page_as_xobject(PdfFileReader(BytesIO(self._pdf)))
        name = b"/Mark" + binascii.hexlify(uuid.uuid4().bytes)
        self.resources.xobject[name.decode()] = page
        x1, y1, x2, y2 = page.get_object()["/BBox"]
        self.box = layout.BoxConstraints(width=abs(x1 - x2), height=abs(y1 - y2))
        return name + b" Do"


class Dated(signers.PdfSigner):
    """Signs with the moment it is given: journal, mark and signature name the same one."""

    def __init__(self, at: datetime, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._at = at.replace(microsecond=0)

    def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self._at
        return session


def prepared(pdf: bytes, places: tuple[Field, ...]) -> bytes:
    """The file with an empty field for each place."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    for place in places:
        page, x1, y1, x2, y2 = place.box
        spec = fields.SigFieldSpec(
            place.name,
            on_page=page,
            box=(round(x1), round(y1), round(x2), round(y2)),
            empty_field_appearance=True,
            readable_field_name=place.label,
        )
        fields.append_signature_field(writer, spec)
    out = BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    return out.getvalue()


def certificate_of(text: bytes) -> x509.Certificate:
    return x509.Certificate.load(pem.unarmor(text)[2])


def store(chain: tuple[bytes, ...]) -> SimpleCertificateStore:
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    # The verifier has the root; a copy in the file would be bytes that nothing protects.
    store.register_multiple(c for c in map(certificate_of, chain) if c.self_signed == "no")
    return store


def room(certificate: bytes, chain: tuple[bytes, ...]) -> int:
    """Bytes to keep free: a unit's own certificates may be larger than ours."""
    return max(RESERVED, 2048 + sum(len(pem.unarmor(each)[2]) for each in (certificate, *chain)))


def _signer(key: bytes, certificate: bytes, chain: tuple[bytes, ...]) -> signers.SimpleSigner:
    return signers.SimpleSigner(
        signing_cert=certificate_of(certificate),
        signing_key=keys.PrivateKeyInfo.load(key),
        cert_registry=store(chain),
    )


def meaning(what: Signing, signed_before: int) -> signers.PdfSignatureMetadata:
    """The first signature certifies: from then on only fields may be filled."""
    return signers.PdfSignatureMetadata(
        field_name=what.field,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        reason=what.reason,
        location=what.document,
        certify=signed_before == 0,
        docmdp_permissions=fields.MDPPerm.FILL_FORMS,
    )


def face(appearance: bytes) -> StaticStampStyle:
    middle = layout.AxisAlignment.ALIGN_MID
    return StaticStampStyle(
        border_width=0,
        background=_Page(appearance),
        background_opacity=1,
        background_layout=layout.SimpleBoxLayoutRule(middle, middle, margins=layout.Margins(0, 0, 0, 0)),
    )


def _filled(pdf: bytes, field: str | None, filled: bool) -> list[Any]:
    reader = PdfFileReader(BytesIO(pdf))
    found = fields.enumerate_sig_fields(reader, filled_status=filled)
    return [(reader, place) for name, _, place in found if field in (None, name)]


def opened(pdf: bytes, field: str) -> int:
    """How many signatures the file has, after making sure that `field` is there and empty."""
    if not _filled(pdf, field, False):
        raise SigningFault(Phrase("This place in the document is already signed, or does not exist."), 409)
    return len(_filled(pdf, None, True))


def sound(pdf: bytes, field: str) -> bool:
    """Whether the new signature covers the whole file: seen before the bytes replace the old ones."""
    [(reader, place)] = _filled(pdf, field, True)
    made = EmbeddedPdfSignature(reader, place.get_object(), field)
    return bool(made.evaluate_signature_coverage() == SignatureCoverageLevel.ENTIRE_FILE)


def signed(pdf: bytes, what: Signing, key: bytes, certificate: bytes, chain: tuple[bytes, ...]) -> bytes:
    """The file with one more signature."""
    try:
        said = meaning(what, opened(pdf, what.field))
        signer = Dated(
            what.at, said, _signer(key, certificate, chain), stamp_style=face(what.appearance)
        )
        out = signer.sign_pdf(
            IncrementalPdfFileWriter(BytesIO(pdf)), existing_fields_only=True, bytes_reserved=room(certificate, chain)
        )
    except (PdfError, SigningError) as broken:
        raise SigningFault(Phrase("This file cannot take another signature."), 409) from broken
    made: bytes = out.getvalue()
    if not sound(made, what.field):
        raise SigningFault(Phrase("The signature could not be made. Please try again."), 503)
    return made
