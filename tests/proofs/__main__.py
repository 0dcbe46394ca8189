"""`bin/prove [NAME …] [--quick] [--seed N]`: one line of JSON a proof; fails where a proof fails or its control does not.

Several proofs run beside each other, in one process more than there are processors. `--keep` writes what came of them into docs/proofs.jsonl, from
which README and docs/proofs.md have their figures.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from queue import SimpleQueue
from typing import Any

from tests.proofs import LONG, NAMES, ROOT, TOGETHER


def commit() -> str:
    return subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()


def proved(name: str, quick: bool, seed: int) -> dict[str, Any]:
    """What a proof came to. The control runs the same with the fault put in: a proof that cannot fail proves nothing."""
    module, begun = import_module(f"tests.proofs.{name}"), time.perf_counter()
    n = int(module.QUICK if quick else module.FULL)
    failures = asyncio.run(module.prove(n, seed))
    for each in failures[:20]:
        print(f"{name}: {each}", file=sys.stderr)
    failed = bool(asyncio.run(module.control(seed)))
    return {
        "name": name, "n": n, "failures": len(failures), "control_failed": failed, "seconds": round(time.perf_counter() - begun, 1),
        "seed": seed, "commit": commit(),
    }  # fmt: skip


def elsewhere(names: list[str], quick: bool, seed: int, told: SimpleQueue[dict[str, Any] | None]) -> None:
    """The same in a process of its own, one after the other. Those that it does not come to have failed."""
    command = [sys.executable, "-m", "tests.proofs", *names, "--here", "--seed", str(seed), *(["--quick"] if quick else [])]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        left = set(names)
        for line in process.stdout:
            found = json.loads(line)
            left.discard(found["name"])
            told.put(found)
    for name in sorted(left):
        told.put({"name": name, "n": 0, "failures": 1, "control_failed": False, "seconds": 0.0, "seed": seed, "commit": commit()})
    told.put(None)


def together(names: list[str], quick: bool, seed: int) -> Iterator[dict[str, Any]]:
    """One process more at once than there are processors: a proof waits for the disk and for others."""
    groups = [[name for name in group if name in names] for group in TOGETHER]
    told: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
    with ThreadPoolExecutor((os.cpu_count() or 1) + 1) as pool:
        running = [pool.submit(elsewhere, group, quick, seed, told) for group in groups if group]
        for _ in running:
            yield from iter(told.get, None)


def main() -> int:
    asked = argparse.ArgumentParser(prog="bin/prove", epilog=f"Names: {' '.join(NAMES)}, and sweep: every page in every mode and width.")
    asked.add_argument("names", nargs="*", choices=[*NAMES, []], metavar="NAME", help="all of them where none is given")
    asked.add_argument("--quick", action="store_true", help="fewer cases: what .ci/run does")
    asked.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3)))
    asked.add_argument("--json", action="store_true", help="as always: one line of JSON a proof")
    asked.add_argument("--here", action="store_true", help="in this process, one after the other")
    asked.add_argument("--keep", action="store_true", help="keep the figures in docs/proofs.jsonl")
    given, good = asked.parse_args(), True
    names = given.names or [name for name in NAMES if not given.quick or name not in LONG]
    here = (proved(name, given.quick, given.seed) for name in names)
    for found in here if given.here or len(names) == 1 else together(names, given.quick, given.seed):
        good &= not found["failures"] and found["control_failed"]
        print(json.dumps(found), flush=True)
        if given.keep:
            import_module("tests.proofs.figures").keep(found)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
