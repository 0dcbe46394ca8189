"""W9 Agreements: one printed against WeasyPrint alone with the same tags and fonts; many five-party agreements printed and signed by every party
with two workers against a bare pool that does the same; what the workers weigh; how quick pages are meanwhile.

How many: 12, with `bin/bench W9 --whole` all 411 of a district (COUNCIL_BENCH_AGREEMENTS says another number). The ratio is processor time of all
processes together: the clock of a busy machine counts its other guests. The twin opens each key with the same scrypt as ours, because any server
that keeps keys under a PIN has to; it keeps no record of anything, asks nobody's office, and tells nobody.
"""

from __future__ import annotations

import asyncio
import base64
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from bench.running import ROOT
from bench.w9_pages import quick

PAGE, WHOLE, FLAT, MEANWHILE = 1.15, 1.3, 1.25, 2.0
DISTRICT, FEW = 411, 12
MANY = int(os.environ.get("COUNCIL_BENCH_AGREEMENTS") or (DISTRICT if "--whole" in sys.argv else FEW))
BESIDE = 3  # agreements in hand at once: two in the workers, one between


def run() -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"COUNCIL_DATA": f"{folder}/data", "PYTHONPATH": str(ROOT)}
        made = told(["bench.w9", folder, str(MANY)], environment)
        yield _printed(told(["bench.w9_twin", folder, "page"], environment))
        yield from _signed(made, told(["bench.w9_twin", folder, str(MANY)], environment))
        yield from quick(environment, MEANWHILE, MANY)


def told(command: list[str], environment: dict[str, str]) -> dict[str, Any]:
    """What a program says about itself: its last line, JSON."""
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _printed(page: dict[str, Any]) -> dict[str, Any]:
    ratio = round(page["ours"] / page["twin"], 2)
    return {
        "name": "W9 one agreement printed", "ratio": ratio, "target": PAGE, "ok": ratio <= PAGE * 1.25, "rounds": page["rounds"],
        "ms": round(page["ours"] * 1e3), "twin_ms": round(page["twin"] * 1e3),
    }  # fmt: skip


def _signed(made: dict[str, Any], twin: dict[str, Any]) -> Iterator[dict[str, Any]]:
    ratio = round(made["cpu"] / twin["cpu"], 2)
    yield {
        "name": f"W9 {MANY} of five signed", "ratio": ratio, "target": WHOLE, "ok": ratio <= WHOLE * 1.25, "rounds": 1,
        "seconds": round(made["wall"], 1), "twin_seconds": round(twin["wall"], 1), "clock_ratio": round(made["wall"] / twin["wall"], 2),
        "cpu_s": round(made["cpu"], 1), "twin_cpu_s": round(twin["cpu"], 1), "valid": made["valid"],
    }  # fmt: skip
    growth = round(made["late"] / made["early"], 2)
    yield {
        "name": "W9 memory of a worker", "ratio": growth, "target": FLAT, "ok": growth <= FLAT * 1.25, "rounds": 1, "mb": round(made["late"]),
        "early_mb": round(made["early"]), "twin_mb": round(twin["late"]),
    }  # fmt: skip


class Meter:
    """Processor seconds of this process and of every worker it ever had, and the weight of the heaviest."""

    def __init__(self) -> None:
        self._seen: dict[int, float] = {}
        self.weights: list[float] = []
        self._own = psutil.Process()

    def look(self) -> None:
        for child in multiprocessing.active_children():
            try:
                process = psutil.Process(child.pid)
                times, weight = process.cpu_times(), process.memory_info().rss / 1e6
            except psutil.Error:
                continue
            self._seen[process.pid] = times.user + times.system
            self.weights.append(weight)

    @property
    def cpu(self) -> float:
        self.look()
        times = self._own.cpu_times()
        return float(times.user + times.system + sum(self._seen.values()))

    async def watch(self) -> None:
        while True:
            self.look()
            await asyncio.sleep(0.5)


async def district(folder: str, many: int) -> dict[str, Any]:
    """Draft `many` agreements of five from one sheet, then fix each and have all five sign it, through the same verbs as the pages."""
    from council import db
    from council.secretariat.office import open_hours
    from council.workshop import pdf
    from tests.five import five
    from tests.world import build

    await db.migrate()
    async with db.connected(), open_hours():
        made = await five(await build())
        agreements = await _drafted(made, many)
        await _warm(folder, made, agreements[0])
        meter, gate = Meter(), asyncio.Semaphore(BESIDE)
        watching, begun, before = asyncio.create_task(meter.watch()), time.perf_counter(), meter.cpu
        await asyncio.gather(*(_whole(made, each, gate) for each in agreements[1:]))
        wall, cpu = time.perf_counter() - begun, meter.cpu - before
        watching.cancel()
        quarter = max(1, len(meter.weights) // 4)
        valid = await _valid(agreements[-3:])
        await pdf.shutdown()
    return {"wall": wall, "cpu": cpu, "early": max(meter.weights[:quarter]), "late": max(meter.weights), "valid": valid}


async def _drafted(made: Any, many: int) -> list[Any]:
    from council.partnership import bundles
    from tests.records.test_bundles import row, rows_of

    partners = "、".join(each.name for each in made.organisations[1:])
    rows = rows_of(*(row(partners, title=f"共建协议之{n}") for n in range(many + 1)))
    bundle = await bundles.read(made.world.community, rows, "区.csv", by=made.world.clerk)
    await bundles.enter(bundle, by=made.world.clerk)
    found = [item.agreement for item in await bundles.items(bundle, 0, many + 1)]
    for each in found:
        await each.review(by=made.world.clerk)
    return found


async def _whole(made: Any, agreement: Any, gate: asyncio.Semaphore) -> None:
    """One agreement from the reviewed text to the last signature."""
    from council.partnership import freezing, signing
    from council.partnership.agreements import Agreement
    from tests.five import ORIGIN, PIN, STROKES, place_of

    async with gate:
        await freezing.freeze(agreement, by=made.world.clerk, origin=ORIGIN)
        agreement = await Agreement.get(id=agreement.id)
        await freezing.send(agreement, by=made.world.clerk)
        for person in made.signers:
            await signing.sign(await place_of(agreement, person), signing.Hand(drawn=STROKES), PIN, by=person)


async def _warm(folder: str, made: Any, agreement: Any) -> None:
    """Keys for all five, the workers started; what the twin prints and signs with is laid into the folder."""
    from council import markup
    from council.i18n import DEFAULT, speaking
    from council.partnership import files, freezing, signing, texts
    from council.partnership.agreements import Agreement
    from council.partnership.signatures import head
    from tests.five import ORIGIN, PIN, STROKES, equip, place_of

    await freezing.freeze(agreement, by=made.world.clerk, origin=ORIGIN)
    agreement = await Agreement.get(id=agreement.id)
    await freezing.send(agreement, by=made.world.clerk)
    faces = []
    for person in made.signers:
        place = await place_of(agreement, person)
        await equip(place, made.world.deputy)
        signed = await signing.sign(place, signing.Hand(drawn=STROKES), PIN, by=person)
        shown = await signing.mark(place, signing.written(place, signing.Hand(drawn=STROKES)), signed.at, 12345)
        with speaking(DEFAULT):
            faces.append(markup.render("papers/mark.html", mark=shown))
    paper = await texts.paper_of(agreement, ORIGIN)
    newest = await head(agreement)
    assert newest is not None
    fields = [f"sig-{each.key}" for each in paper.signatories]
    kept = {"html": texts.printable(paper), "faces": faces, "fields": fields, "paper": base64.b64encode(await files.read(newest.file)).decode()}
    Path(folder, "static.json").write_text(json.dumps(kept, ensure_ascii=False))


async def _valid(agreements: list[Any]) -> str:
    """How many of the last agreements our own verdict calls valid: a fast wrong signature is worth nothing."""
    from council.partnership import verification
    from council.partnership.agreements import Agreement
    from council.partnership.signatures import head

    good = 0
    for each in agreements:
        agreement = await Agreement.get(id=each.id).select_related("place")
        newest = await head(agreement)
        good += newest is not None and (await verification.judge(agreement, newest)).valid
    return f"{good}/{len(agreements)}"


if __name__ == "__main__":
    print(json.dumps(asyncio.run(district(sys.argv[1], int(sys.argv[2])))))
