"""How quick pages are while a sheet of agreements is being printed: the same list, asked again and again, before and meanwhile."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from bench.running import ROOT, free_port, program

SAMPLES = 120
LONGEST = 20_000  # questions while the files are made, however slow that is


def quick(environment: dict[str, str], target: float, many: int) -> Iterator[dict[str, Any]]:
    """The median and the slowest twentieth of the list of agreements, while idle and for as long as the files of a bundle of `many` are made."""
    own = {**environment, "COUNCIL_DATA": environment["COUNCIL_DATA"] + "-pages"}
    planted = subprocess.run([sys.executable, "-m", "bench.w9_pages", str(many)], cwd=ROOT, env={**os.environ, **own}, capture_output=True, text=True)
    if planted.returncode:
        raise RuntimeError(planted.stderr[-2000:])
    told = json.loads(planted.stdout.splitlines()[-1])
    port, headers = free_port(), {"Cookie": f"__Host-session={told['session']}", "Sec-Fetch-Site": "same-origin"}
    with program(["-m", "council", "serve", "--port", str(port)], port, own):
        _asked(port, headers, 30)
        idle = _asked(port, headers, SAMPLES)
        _post(port, headers, f"/bundles/{told['bundle']}/steps/freezing")
        begun = time.perf_counter()
        busy = _asked(port, headers, LONGEST, lambda: _running(port, headers, told["bundle"]))
        seconds = time.perf_counter() - begun
    ratio = round(statistics.median(busy) / statistics.median(idle), 2)
    yield {
        "name": "W9 pages meanwhile", "ratio": ratio, "target": target, "ok": ratio <= target * 1.25, "rounds": len(busy),
        "ms": round(statistics.median(busy) * 1e3, 1), "idle_ms": round(statistics.median(idle) * 1e3, 1), "p95_ms": _p95(busy),
        "idle_p95_ms": _p95(idle), "printed": many, "printing_s": round(seconds, 1),
    }  # fmt: skip


def _p95(times: list[float]) -> float:
    return round(sorted(times)[int(len(times) * 0.95)] * 1e3, 1)


def _asked(port: int, headers: dict[str, str], n: int, going: Any = None) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    times = []
    for number in range(n):
        begun = time.perf_counter()
        connection.request("GET", "/agreements", headers=headers)
        answer = connection.getresponse()
        answer.read()
        times.append(time.perf_counter() - begun)
        if answer.status != 200:
            raise RuntimeError(f"/agreements: {answer.status}")
        if going and number % 10 == 9 and not going():
            break
        time.sleep(0.02)
    return times


def _post(port: int, headers: dict[str, str], path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", path, body="", headers={**headers, "Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    answer.read()
    if answer.status != 303:
        raise RuntimeError(f"{path}: {answer.status}")


def _running(port: int, headers: dict[str, str], bundle: int) -> bool:
    """Is the step still being taken? Asked from the page itself."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", f"/bundles/{bundle}", headers=headers)
    return b"hx-trigger=\"load delay:2s\"" in connection.getresponse().read()


async def plant(many: int) -> dict[str, Any]:
    """A neighbourhood with a sheet of reviewed agreements; the session of the clerk."""
    from council import db
    from council.partnership import bundles
    from council.partnership.bundles import BundleItem
    from tests.client import signed_in
    from tests.five import five
    from tests.records.test_bundles import row, rows_of
    from tests.world import build

    await db.migrate()
    async with db.connected():
        made = await five(await build())
        partners = "、".join(each.name for each in made.organisations[1:])
        rows = rows_of(*(row(partners, title=f"共建协议之{n}") for n in range(many)))
        bundle = await bundles.read(made.world.community, rows, "区.csv", by=made.world.clerk)
        await bundles.enter(bundle, by=made.world.clerk)
        for item in await BundleItem.filter(bundle_id=bundle.id).select_related("agreement__place"):
            await item.agreement.review(by=made.world.clerk)
        return {"bundle": bundle.id, "session": await signed_in(made.world.clerk)}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(plant(int(sys.argv[1])))))
