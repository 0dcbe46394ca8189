"""What a forger can do to a signed file without any key."""

from __future__ import annotations

import re
from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign.fields import SigFieldSpec, append_signature_field


def _written(writer) -> bytes:
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _flip(file: bytes, at: int) -> bytes:
    return file[:at] + bytes([file[at] ^ 1]) + file[at + 1 :]


def _slots(file: bytes) -> list[re.Match[bytes]]:
    return list(re.finditer(rb"/Contents\s*<([0-9a-fA-F]{4000,})>", file))


def flipped_in_content(file: bytes) -> bytes:
    return _flip(file, file.index(b"stream\n") + 60)


def flipped_in_last_signature(file: bytes) -> bytes:
    slot = _slots(file)[-1]
    start = slot.start(1) + len(slot.group(1).rstrip(b"0")) - 20
    old = file[start : start + 1]
    return file[:start] + (b"1" if old == b"0" else b"0") + file[start + 1 :]


def flipped_in_padding(file: bytes) -> bytes:
    end = _slots(file)[-1].end(1) - 20
    return file[:end] + b"7" + file[end + 1 :]


def page_replaced(file: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(file))
    stream = writer.add_object(generic.StreamObject(stream_data=b"0 0 0 rg 100 600 300 60 re f"))
    page = writer.find_page_for_modification(1)[0].get_object()
    page["/Contents"] = stream
    writer.update_container(page)
    return _written(writer)


def page_appended(file: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(file))
    stream = writer.add_object(generic.StreamObject(stream_data=b"0 0 0 rg 100 600 300 60 re f"))
    box = generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842)))
    page = {pdf_name("/Type"): pdf_name("/Page"), pdf_name("/Contents"): stream, pdf_name("/MediaBox"): box}
    writer.insert_page(generic.DictionaryObject(page))
    return _written(writer)


def note_added(file: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(file))
    note = generic.DictionaryObject({
        pdf_name("/Type"): pdf_name("/Annot"), pdf_name("/Subtype"): pdf_name("/FreeText"),
        pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (100, 600, 400, 640))),
        pdf_name("/Contents"): generic.TextStringObject("费用由乙方承担"),
        pdf_name("/DA"): generic.TextStringObject("/Helv 12 Tf 0 g"),
    })  # fmt: skip
    writer.register_annotation(writer.find_page_for_modification(1)[0], writer.add_object(note))
    return _written(writer)


def title_changed(file: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(file))
    title = {pdf_name("/Title"): generic.TextStringObject("另一份协议")}
    writer.set_info(writer.add_object(generic.DictionaryObject(title)))
    return _written(writer)


def field_added(file: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(file))
    append_signature_field(writer, SigFieldSpec("sig-sixth", on_page=1, box=(100, 100, 200, 150)))
    return _written(writer)


def junk_appended(file: bytes) -> bytes:
    return file + b"% nothing to see here\n" * 5


def zeros_appended(file: bytes) -> bytes:
    return file + bytes(5000)


def page_of_the_web_appended(file: bytes) -> bytes:
    return file + b"<html>" + b"downloaded " * 400


def end_marked_again(file: bytes) -> bytes:
    return file + b"startxref\n12\n%%EOF\n"


def mail_in_front(file: bytes) -> bytes:
    return b"Content-Type: application/pdf\r\n" * 60 + file


def last_bytes_cut(file: bytes) -> bytes:
    return file[:-400]


def last_revision_cut(file: bytes) -> bytes:
    ends = [found.end() for found in re.finditer(rb"%%EOF\n?", file)]
    return file[: ends[-2]]


def saved_again(file: bytes) -> bytes:
    return _written(copy_into_new_writer(PdfFileReader(BytesIO(file))))


def signature_swapped(file: bytes, other: bytes) -> bytes:
    """The last signature of one agreement put into the same slot of another."""
    mine, theirs = _slots(file)[-1], _slots(other)[-1]
    return file[: mine.start(1)] + theirs.group(1) + file[mine.end(1) :]


def signature_replayed(file: bytes) -> bytes:
    """The last signature replaced by the one before it: good by itself, made over other bytes."""
    earlier, last = _slots(file)[-2:]
    return file[: last.start(1)] + earlier.group(1) + file[last.end(1) :]


def gap_widened(file: bytes) -> bytes:
    """The hole in the last signature's byte range made to begin earlier."""
    found = list(re.finditer(rb"/ByteRange\s*\[\s*0 (\d+) ", file))[-1]
    start, end = found.span(1)
    return file[:start] + str(int(found.group(1)) - 50).encode().rjust(end - start, b"0") + file[end:]
