"""`bin/bench [W1 W12 …] [--json] [--keep] [--whole]`: one line a workload. What counts is the ratio to the twin, never a time.

`ok` leaves a quarter for what else the machine does. `--keep` writes what came of it into docs/bench.jsonl, from which README has its figures.
`--whole` runs a workload at its full size where it has one: W9 prints and signs the 411 agreements of a district (COUNCIL_BENCH_AGREEMENTS: as many).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import import_module
from typing import Any

from bench import figures

WORKLOADS = {f"W{n}": f"bench.w{n}" for n in (1, 3, 4, 5, 6, 9, 10, 11, 12, 13)}


def commit() -> str:
    return subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()


def main() -> int:
    asked = [a if a.startswith("-") else a.upper() for a in sys.argv[1:]]
    chosen = [a for a in asked if a in WORKLOADS] or list(WORKLOADS)
    unknown = [a for a in asked if a not in WORKLOADS and a not in ("--json", "--keep", "--whole")]
    if unknown:
        print(f"unknown workload: {' '.join(unknown)}; known: {' '.join(WORKLOADS)}", file=sys.stderr)
        return 2
    good = True
    for name in chosen:
        for row in import_module(WORKLOADS[name]).run():
            result: dict[str, Any] = {**row, "load": round(os.getloadavg()[0], 1), "commit": commit()}
            good &= bool(result["ok"])
            print(json.dumps(result, ensure_ascii=False) if "--json" in sys.argv else readable(result), flush=True)
            if "--keep" in sys.argv:
                figures.keep(result)
    return 0 if good else 1


def readable(row: dict[str, Any]) -> str:
    verdict = "ok" if row["ok"] else "MISSED"
    more = " ".join(f"{k}={v}" for k, v in row.items() if k not in ("name", "ratio", "target", "ok"))
    return f"{row['name']:<28} ratio {row['ratio']!s:<7} target {row['target']!s:<6} {verdict:<7} {more}"


if __name__ == "__main__":
    sys.exit(main())
