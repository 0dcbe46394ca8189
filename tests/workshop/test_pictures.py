import json
import struct
import time
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageOps

from council.workshop import pictures
from council.workshop.pictures import PictureFault, ink


def photo(form="JPEG", size=(3000, 2000), turned=1, colour=(200, 30, 30), **more):
    picture = Image.new("RGB", size, colour)
    picture.paste((20, 20, 200), (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x0112] = turned
    exif[0x010F] = "Canary Camera"
    exif.get_ifd(0x8825)[1] = "N"
    out = BytesIO()
    picture.save(out, form, exif=exif.tobytes(), **more)
    return out.getvalue()


async def test_a_photo_comes_out_small_and_without_place_or_camera():
    sent = photo()
    assert b"Canary" in sent
    made = await pictures.cleaned(sent)
    assert b"Canary" not in made.data
    assert b"EXIF" not in made.data
    opened = Image.open(BytesIO(made.data))
    assert (opened.format, opened.size) == ("WEBP", (made.width, made.height)) == ("WEBP", (1600, 1067))
    assert not opened.getexif()


async def test_a_turned_photo_is_set_upright():
    made = await pictures.cleaned(photo(turned=6))
    assert (made.width, made.height) == (1067, 1600)
    upright = Image.open(BytesIO(made.data)).convert("RGB")
    red, _, blue = upright.getpixel((500, 100))
    assert blue > red, "the left half of the sent picture is now at the top"


@pytest.mark.parametrize("turned", range(1, 9))
async def test_every_way_to_hold_a_camera_is_known(turned):
    sent = photo(size=(300, 200), turned=turned)
    made = Image.open(BytesIO((await pictures.cleaned(sent)).data)).convert("RGB")
    meant = ImageOps.exif_transpose(Image.open(BytesIO(sent)))
    assert made.size == meant.size
    for corner in ((20, 20), (made.width - 20, made.height - 20)):
        assert (made.getpixel(corner)[2] > 128) == (meant.getpixel(corner)[2] > 128)


async def test_a_photo_is_taken_whatever_its_camera_says_of_itself():
    """A width in letters, as some cameras write it: nothing of it is kept, so nothing of it need make sense."""
    odd = struct.pack("<HHI4s", 0x0100, 2, 4, b"abc\0") + struct.pack("<HHII", 0x0112, 3, 1, 6)
    told = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 2) + odd + bytes(4)
    out = BytesIO()
    Image.new("RGB", (300, 200)).save(out, "JPEG", exif=told)
    with pytest.raises((TypeError, struct.error)):
        ImageOps.exif_transpose(Image.open(BytesIO(out.getvalue())))
    assert (await pictures.cleaned(out.getvalue())).height == 300


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
async def test_other_common_formats_are_taken(form):
    assert (await pictures.cleaned(photo(form))).width == 1600


async def test_a_small_picture_is_not_blown_up_and_transparency_becomes_white():
    out = BytesIO()
    Image.new("RGBA", (40, 30), (0, 0, 0, 0)).save(out, "PNG")
    made = await pictures.cleaned(out.getvalue())
    assert (made.width, made.height) == (40, 30)
    assert min(Image.open(BytesIO(made.data)).convert("RGB").getpixel((5, 5))) > 245


def png_header(width, height):
    """A tiny file that says it holds a huge picture."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = zlib.compress(bytes(20_000), 9)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(13_000, 13_000), (10_000, 6_000), (60_000, 60_000)])
async def test_a_pixel_bomb_is_refused_before_it_is_decoded(size):
    start = time.perf_counter()
    with pytest.raises(PictureFault) as refused:
        await pictures.cleaned(png_header(*size))
    assert time.perf_counter() - start < 0.5
    assert refused.value.status == 413


@pytest.mark.parametrize(
    "data",
    [
        b"", b"GIF", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"<html><script>",
        b"BM" + bytes(90),         b"MZ" + bytes(99), b"\xff\xd8\xff\xe0" + bytes(50),
        b"RIFF\x00\x00\x00\x00WEBP" + bytes(20), photo()[:5000],
    ],
)  # fmt: skip
async def test_what_is_not_a_whole_picture_is_refused(data):
    with pytest.raises(PictureFault):
        await pictures.cleaned(data)


async def test_a_heic_photo_is_refused_with_advice():
    with pytest.raises(PictureFault, match="HEIC"):
        await pictures.cleaned(b"\x00\x00\x00\x18ftypheic" + bytes(200))


async def test_a_file_too_large_is_refused_with_413():
    with pytest.raises(PictureFault) as refused:
        await pictures.cleaned(b"\xff\xd8\xff" + bytes(pictures.BYTES))
    assert refused.value.status == 413


async def test_a_script_behind_a_picture_does_not_survive():
    made = await pictures.cleaned(photo() + b"<script>alert(1)</script>")
    assert b"script" not in made.data


STROKES = [[[10, 20], [30, 40], [50, 20.5], [70, 44]], [[90, 10, 123], [91, 60, 130]]]


def test_strokes_become_a_path_of_digits_fitted_into_the_box():
    made = ink(json.dumps(STROKES))
    assert set(made.path) <= set("MQLl 0123456789")
    assert made.path.count("M") == 2
    assert 0 < made.width <= pictures.WIDTH
    assert 0 < made.height <= pictures.HEIGHT


def test_the_same_drawing_larger_or_elsewhere_gives_the_same_path():
    moved = [[[x * 3 + 500, y * 3 - 70] for x, y, *_ in stroke] for stroke in STROKES]
    assert ink(json.dumps(moved)) == ink(json.dumps(STROKES))


@pytest.mark.parametrize(
    "given",
    [
        "", "null", "{}", "[1]", '[["M0 0"]]', '[[[1,"2"]]]', "[[[1]]]", "[[[true,false],[1,2]]]",
        "[[[NaN,1],[2,3]]]",
        "[[[1e999,1],[2,3]]]", "[" * 50_000, "[[[1,1],[2,2],[3,3],[4,4],[99999,5]]]",
        json.dumps([[[1, 1]]] * 81), json.dumps([[[n, n] for n in range(6001)]]),
        '[[[1,1],[2,2],[3,3],[4,4],["</svg><script>",5]]]',
    ],
)  # fmt: skip
def test_anything_but_a_fair_number_of_points_is_refused(given):
    with pytest.raises(PictureFault):
        ink(given)


@pytest.mark.parametrize("given", ["[]", "[[]]", "[[[5,5]]]", "[[[1,1],[2,2],[3,1],[2,2],[1,1]]]"])
def test_a_dot_or_nothing_is_not_a_signature(given):
    with pytest.raises(PictureFault, match=r"whole name|姓名"):
        ink(given)
