"""`bin/prove NAME … [--quick] [--seed N]`: one line of JSON a proof; fails where a proof fails or its control does not."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import pkgutil
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from tests import proofs

NAMES = sorted(module.name for module in pkgutil.iter_modules(proofs.__path__) if module.name not in ("__main__", "ground", "polling"))


def commit() -> str:
    here = Path(__file__).resolve().parent
    return subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=here, capture_output=True, text=True, check=False).stdout.strip()


def proved(name: str, quick: str, seed: int) -> dict[str, Any]:
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


def main() -> int:
    asked = argparse.ArgumentParser(prog="bin/prove")
    asked.add_argument("names", nargs="+", choices=NAMES, metavar="NAME")
    asked.add_argument("--quick", action="store_const", const="quick", default="")
    asked.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3)))
    given, good = asked.parse_args(), True
    for name in given.names:
        found = proved(name, given.quick, given.seed)
        good &= not found["failures"] and found["control_failed"]
        print(json.dumps(found), flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
