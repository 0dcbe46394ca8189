"""The verdict on a signed file. Runs in a worker process.

No single tool is enough: `pdfsig` calls signatures valid after a page was replaced by an incremental
update, and change analysis calls a file sound whose last signature was cut off. So every check is made,
and each fault gets its sentence.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from io import BytesIO

from pyhanko.pdf_utils.reader import PdfFileReader

from council.i18n import Phrase
from council.workshop.pades import Kind, Question, Verdict, unreadable
from council.workshop.signature import BROKEN, Signature, empty, signatures

Fault = tuple[Kind, Phrase]
GRAVITY = list(Kind)


def _quiet() -> None:
    """A failed analysis would log long traces with object paths."""
    for name in ("pyhanko", "pyhanko_certvalidator"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _foreign(found: Sequence[Signature]) -> Iterator[Fault]:
    if not found:
        yield Kind.NOT_OURS, Phrase("This file carries no electronic signature.")
    elif all(each.signer and not each.ours for each in found):
        yield Kind.NOT_OURS, Phrase("This file is not from this platform: no signature in it was made here.")


def _changed(each: Signature) -> Iterator[Fault]:
    if each.signer is None:
        yield Kind.ALTERED, Phrase("The signature in the place of %(name)s is damaged.", name=each.name)
    elif not each.intact:
        yield Kind.ALTERED, Phrase("The content was changed after %(name)s had signed.", name=each.name)
    if each.signer and not each.ours:
        yield (
            Kind.ALTERED,
            Phrase("The signature in the place of %(name)s was not made here.", name=each.name),
        )


def _misplaced(each: Signature, question: Question) -> Iterator[Fault]:
    if question.expected is None or each.signer is None:
        return
    names = {"name": each.name, "signed": each.found().organisation}
    if each.expected is None:
        yield Kind.ALTERED, Phrase("%(signed)s has signed, but is not one of the signatories.", **names)
    elif each.expected.serial != each.signer.serial_number:
        yield Kind.ALTERED, Phrase("In the place of %(name)s another has signed: %(signed)s.", **names)


def _out_of_force(each: Signature) -> Iterator[Fault]:
    if each.ours and not each.in_force:
        phrase = Phrase("The certificate of %(name)s was not in force when it signed.", name=each.name)
        yield Kind.REVOKED, phrase


def _appended(found: Sequence[Signature]) -> Iterator[Fault]:
    if found and found[-1].intact and not found[-1].covers_file:
        yield Kind.ALTERED, Phrase("Something was added to the file after the last signature.")


def _absent(reader: PdfFileReader, found: Sequence[Signature], question: Question) -> Iterator[Fault]:
    missing = empty(reader)
    signed = {each.field for each in found}
    missing |= {e.field: e.organisation for e in question.expected or () if e.field not in signed}
    for name in missing.values():
        yield Kind.INCOMPLETE, Phrase("%(name)s has not signed.", name=name)


def _faults(reader: PdfFileReader, found: Sequence[Signature], question: Question) -> Iterator[Fault]:
    foreign = list(_foreign(found))
    yield from foreign
    if foreign:
        return
    for each in found:
        yield from _changed(each)
        yield from _misplaced(each, question)
        yield from _out_of_force(each)
    yield from _appended(found)
    yield from _absent(reader, found, question)


def _other_copy(question: Question, digest: str) -> Iterator[Fault]:
    if question.stored_sha256 is not None and digest != question.stored_sha256.lower():
        yield Kind.ALTERED, Phrase("This file is not, byte for byte, the one kept by this platform.")


def _sound(found: Sequence[Signature]) -> Fault:
    phrase = Phrase("The file is complete and unchanged; all %(n)s signatories have signed.", n=len(found))
    return Kind.VALID, phrase


ENDS = 4  # of a file that cannot be read as it is: how many of its last ends are tried


def _without_strays(pdf: bytes) -> Iterator[bytes]:
    """The file without what stands before its beginning and behind one of its last ends."""
    begun, end = pdf.find(b"%PDF-"), len(pdf)
    for _ in range(ENDS if begun >= 0 else 0):
        end = pdf.rfind(b"%%EOF", begun, end)
        if end < 0:
            return
        yield pdf[begun : end + len(b"%%EOF")] + b"\n"


def _read(question: Question) -> tuple[list[Fault], list[Signature]]:
    reader = PdfFileReader(BytesIO(question.pdf))
    found = signatures(reader, question)
    return list(_faults(reader, found, question)), found


def _judged(faults: list[Fault], found: Sequence[Signature], digest: str) -> Verdict:
    kind = min((kind for kind, _ in faults), key=GRAVITY.index)
    return Verdict(kind, tuple(p for _, p in faults), tuple(each.found() for each in found), digest)


def _disfigured(question: Question, digest: str) -> Verdict:
    """A file no reader opens may still be a signed one that somebody added bytes to or cut: then it is altered, not unreadable."""
    added = Kind.ALTERED, Phrase("Something was added to this file or cut from it after it was signed.")
    for kernel in _without_strays(question.pdf):
        try:
            faults, found = _read(replace(question, pdf=kernel))
            if found:
                return _judged([added, *(f for f in faults if f[0] is not Kind.INCOMPLETE)], found, digest)
        except BROKEN:
            continue
    return unreadable(question.pdf)


def verdict(question: Question) -> Verdict:
    """Everything that can be said about the file."""
    _quiet()
    digest = sha256(question.pdf).hexdigest()
    try:
        faults, found = _read(question)
        faults = faults or list(_other_copy(question, digest)) or [_sound(found)]
        return _judged(faults, found, digest)
    except BROKEN:
        return _disfigured(question, digest)


def serials(pdf: bytes) -> tuple[int, ...]:
    """The certificate numbers of the signers in a file."""
    _quiet()
    try:
        reader = PdfFileReader(BytesIO(pdf))
        embedded = reader.embedded_regular_signatures
        return tuple(each.signer_cert.serial_number for each in embedded)
    except BROKEN:
        return ()
