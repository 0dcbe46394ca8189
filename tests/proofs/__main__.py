"""`bin/prove [NAME …] [--quick] [--seed N]`: one line of JSON a proof; fails where a proof fails or its control does not.

Several proofs run in processes of their own, as many at once as there are processors. `--keep` writes what came of them into docs/proofs.jsonl, from
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
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib import import_module
from typing import Any

from tests.proofs import NAMES, ROOT


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


def elsewhere(name: str, quick: bool, seed: int) -> dict[str, Any]:
    """The same in a process of its own. A proof that breaks has failed."""
    command = [sys.executable, "-m", "tests.proofs", name, "--seed", str(seed), *(["--quick"] if quick else [])]
    said = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False).stdout.strip()
    broken = {"name": name, "n": 0, "failures": 1, "control_failed": False, "seconds": 0.0, "seed": seed, "commit": commit()}
    return json.loads(said) if said else broken


def together(names: list[str], quick: bool, seed: int) -> Iterator[dict[str, Any]]:
    """The longest first, so that none is left alone at the end."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        waiting = [pool.submit(elsewhere, name, quick, seed) for name in sorted(names, key=NAMES.index)]
        yield from (done.result() for done in as_completed(waiting))


def main() -> int:
    asked = argparse.ArgumentParser(prog="bin/prove", epilog=f"Names: {' '.join(NAMES)}, and sweep: every page in every mode and width.")
    asked.add_argument("names", nargs="*", choices=[*NAMES, []], metavar="NAME", help="all of them where none is given")
    asked.add_argument("--quick", action="store_true", help="fewer cases: what .ci/run does")
    asked.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3)))
    asked.add_argument("--json", action="store_true", help="as always: one line of JSON a proof")
    asked.add_argument("--keep", action="store_true", help="keep the figures in docs/proofs.jsonl")
    given, good = asked.parse_args(), True
    names = given.names or list(NAMES)
    for found in [proved(names[0], given.quick, given.seed)] if len(names) == 1 else together(names, given.quick, given.seed):
        good &= not found["failures"] and found["control_failed"]
        print(json.dumps(found), flush=True)
        if given.keep:
            import_module("tests.proofs.figures").keep(found)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
