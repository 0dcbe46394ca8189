import asyncio
import base64
import contextlib
import re
import socket
import struct
import subprocess
import sys
import threading
import time
import zlib
from urllib.parse import quote

import psutil
import pytest

from council.workshop import pdf, workers
from council.workshop.pdf import PaperFault
from tests.workshop import cast, outside

DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


async def test_the_agreement_is_tagged_archival_and_its_boxes_lie_in_the_text_block(tmp_path):
    made = await pdf.render(cast.paper_of())
    told = outside.info(tmp_path, made.pdf)
    assert re.search(r"Tagged:\s+yes", told)
    assert "<pdfaid:part>2</pdfaid:part>" in told or 'pdfaid:part="2"' in told
    assert set(made.boxes) == {f"sig-{who.key}" for who in cast.FIVE}
    left, right, top, bottom = (
        28 * 72 / 25.4,
        (28 + 156) * 72 / 25.4,
        842 - 37 * 72 / 25.4,
        842 - 262 * 72 / 25.4,
    )
    for page, x1, y1, x2, y2 in made.boxes.values():
        assert 0 <= page < made.pages
        assert left - 1 <= x1 < x2 <= right + 1
        assert bottom - 1 <= y1 < y2 <= top + 1
        assert (x2 - x1, y2 - y1) == pytest.approx((84 * 72 / 25.4, 29 * 72 / 25.4), abs=0.1)


async def test_every_page_carries_number_count_and_the_demonstration_notice(tmp_path):
    made = await pdf.render(cast.paper_of())
    pages = outside.words(tmp_path, made.pdf, "-layout").split("\f")[:-1]
    assert len(pages) == made.pages
    for n, page in enumerate(pages, 1):
        assert "演示数据" in page
        assert cast.NUMBER in page
        assert re.search(rf"第\s*{n}\s*页\s*共\s*{made.pages}\s*页", page)


async def test_a_page_holds_twenty_two_lines_of_twenty_eight_characters():
    async def pages(lines, characters):
        base = cast.paper_of()
        start, end = base.index("<body>") + 6, base.index("</body>")
        line = f"<p style='text-indent:0'>{'协' * characters}</p>"
        return (await pdf.render(base[:start] + line * lines + base[end:])).pages

    assert await pages(22, 28) == 1
    assert await pages(23, 28) == 2
    assert await pages(12, 29) == 2, "a line one character longer breaks"


async def test_rare_characters_of_names_are_printed_and_unknown_ones_are_named(tmp_path):
    made = await pdf.render("<p style='font-family:\"Paper Serif\"'>喆镕堃㛃龑𬭚")
    assert "喆镕堃㛃龑𬭚" in outside.words(tmp_path, made.pdf)
    with pytest.raises(PaperFault, match="🀄"):
        await pdf.render("<p>&#x1F004;")


class Listener:
    """A server on the loopback address that remembers every connection."""

    def __init__(self):
        self.seen = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.socket.getsockname()[1]}/x"
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            try:
                self.socket.accept()[0].close()
            except OSError:
                return
            self.seen += 1


PROBES = [
    '<img src="{0}">', '<link rel=stylesheet href="{0}">', "<style>@import url({0});</style>",
    '<svg xmlns="http://www.w3.org/2000/svg"><image href="{0}" width="9" height="9"/></svg>',
    '<link rel=attachment href="{0}">', '<a rel=attachment href="{0}">x</a>', '<object data="{0}"></object>',
    '<embed src="{0}">', '<div style="background:url({0});height:9px"></div>',
    "<style>@font-face{{font-family:q;src:url({0})}}p{{font-family:q}}</style><p>q",
    "<img src=\"data:image/svg+xml,&lt;svg xmlns='http://www.w3.org/2000/svg'&gt;"
    "&lt;image href='{0}' width='9' height='9'/&gt;&lt;/svg&gt;\">",
]  # fmt: skip


async def test_nothing_outside_the_page_is_ever_fetched(tmp_path):
    listener, secret = Listener(), tmp_path / "secret.txt"
    secret.write_text("the secret of this machine")
    for address in (listener.address, secret.as_uri(), "file:///etc/passwd"):
        html = "<base href='file:///etc/'>" + "".join(probe.format(address) for probe in PROBES)
        made = await pdf.render(html)
        (tmp_path / "leak.pdf").write_bytes(made.pdf)
        assert "secret" not in outside.words(tmp_path, made.pdf)
        assert outside.said("pdfdetach", "-list", str(tmp_path / "leak.pdf")).startswith("0 embedded")
        assert len(outside.said("pdfimages", "-list", str(tmp_path / "leak.pdf")).splitlines()) == 2
    assert listener.seen == 0
    with socket.create_connection(listener.socket.getsockname()):
        time.sleep(0.1)
    assert listener.seen == 1, "control: the listener does see connections"
    listener.socket.close()


async def test_a_picture_inside_the_page_is_printed(tmp_path):
    made = await pdf.render(f'<img src="data:image/png;base64,{DOT}">')
    (tmp_path / "dot.pdf").write_bytes(made.pdf)
    assert len(outside.said("pdfimages", "-list", str(tmp_path / "dot.pdf")).splitlines()) > 2


def use_bomb(depth):
    layers = "".join(
        f'<g id="l{n}">' + f'<use href="#l{n + 1}"/>' * 10 + "</g>" for n in range(depth)
    )  # fmt: skip
    return f'<svg xmlns="http://www.w3.org/2000/svg">{layers}<rect id="l{depth}" width="1" height="1"/></svg>'


def giant_picture():
    """A few bytes that say they are a picture of 2.5 gigapixels."""

    def part(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head, body = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0), zlib.compress(bytes(1000), 9)
    made = b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", body) + part(b"IEND", b"")
    return f'<img src="data:image/png;base64,{base64.b64encode(made).decode()}">'


def entities(of):
    """Entities of entities: a hundred letters that would become a hundred million."""
    names = "abcd"
    said = [f"&{a};" * 100 for a in names[:3]]
    rules = "".join(f'<!ENTITY {name} "{text}">' for name, text in zip(names, ["x" * 100, *said], strict=True))
    return f"<!DOCTYPE s [{rules}]>{of}"


# The fourteen of the promise: whatever a page is made of, it ends in time, in its own process, and the next one prints.
BOMBS = {
    "nested flex": "<div style='display:flex'>" * 12 + "x" + "</div>" * 12,
    "table of 20,000 rows": "<table>" + "<tr><td>一<td>二<td>三</tr>" * 20_000,
    "700,000 characters": "<p>" + "字" * 700_000,
    "300 nested blocks": "<div>" * 300 + "x",
    "svg of svgs": use_bomb(9),
    "3,000,000 characters": "x" * 3_000_000,
    "picture of gigapixels": giant_picture(),
    "entities of entities": entities("<p>&d;"),
    "svg of entities": '<img src="data:image/svg+xml,' + quote(entities("<svg xmlns='http://www.w3.org/2000/svg'><text>&d;</text></svg>")) + '">',
    "svg that uses itself": '<svg xmlns="http://www.w3.org/2000/svg"><g id="a"><use href="#a"/></g></svg>',
    "page of a kilometre": "<style>@page{size:1000000mm 1000000mm}</style><p>x",
    "5,000 nested spans": "<span>" * 5_000 + "x",
    "letters a thousand kilometres high": "<p style='font-size:1e9px'>x",
    "a billion in roman numerals": "<style>p{counter-reset:x 1000000000}p:before{content:counter(x, upper-roman)}</style><p>x",
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
async def test_a_page_made_to_hang_ends_in_time_and_hurts_no_other(bomb):
    start, own = time.monotonic(), psutil.Process()
    before = own.memory_info().rss
    with contextlib.suppress(PaperFault):
        await pdf.render(bomb, seconds=1)
    assert time.monotonic() - start < workers.PATIENCE + 20
    assert own.memory_info().rss - before < 100_000_000, "what hangs or grows does so elsewhere"
    assert (await pdf.render("<p>next")).pages == 1


async def test_a_killed_page_does_not_disturb_one_printed_beside_it():
    bomb = asyncio.create_task(pdf.render(BOMBS["table of 20,000 rows"], seconds=2))
    beside = [await pdf.render(f"<p>{n}") for n in range(3)]
    with pytest.raises(PaperFault):
        await bomb
    assert [made.pages for made in beside] == [1, 1, 1]


def test_the_web_process_never_loads_the_heavy_libraries():
    code = (
        "import sys, asyncio\n"
        "from datetime import UTC, datetime\n"
        "from council.workshop import authority, fonts, pades, papers, pdf, pictures, sealing, treelog\n"
        "async def main():\n"
        "    made = await pdf.render('<p>x')\n"
        "    print((await pades.verify(made.pdf, [], at=datetime.now(UTC))).kind)\n"
        "    await pdf.shutdown()\n"
        "asyncio.run(main())\n"
        "print([name for name in ('weasyprint', 'pyhanko', 'lxml', 'aiohttp') if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.split("\n")[:2] == ["not ours", "[]"], done.stderr
