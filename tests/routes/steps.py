"""What tests of the matter pages do again and again."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image

from tests.client import soup

PARKING = "我们长风这边原来是厂里的家属院，现在没得物业，车子乱停，娃娃上学都过不去，希望社区出个章程收费管起来。"
LEAK = "楼上李家卫生间漏水到我家天花板，上门三次都不给修，请网格出面。"
COVER = "滨江路人行道上有个井盖破了，晚上差点踩空。"
GAS = "厨房里闻到很浓的煤气味，怎么办"


def jpeg(size: tuple[int, int] = (60, 40)) -> bytes:
    out = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "SecretCameraMaker"
    Image.new("RGB", size, "red").save(out, "JPEG", exif=exif)
    return out.getvalue()


async def reported(browser: Any, world: Any, text: str = PARKING, photo: bytes = b"", **contact: str) -> str:
    """Through the four steps; the query code."""
    await browser.post("/matters/new", data={"text": text})
    await browser.post("/matters/new/place", data={"place": str(world.grid.id), "spot": "3号楼北侧"})
    files = {"photo": ("a.jpg", photo, "image/jpeg")} if photo else None
    page = await browser.post("/matters/new/photos", files=files, data={})
    nonce = soup(page).select_one("[name=nonce]")["value"]
    receipt = await browser.post("/matters", data={"nonce": nonce, **contact})
    assert receipt.status_code == 200, receipt.text
    return str(receipt.url).split("/")[-2]


async def confirmed(browser: Any, number: int, affair: str, publish: str = "yes", **more: str) -> Any:
    words = {"affair": affair, "title": "停车太乱", "publish": publish, "public_text": "小区停车太乱", "reason": "现场看过，属实"} | more
    return await browser.post(f"/matters/{number}/triage", data=words)
