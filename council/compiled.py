"""Templates compiled before, kept beside the data, so that a start need not compile them again."""

from __future__ import annotations

import contextlib
from pathlib import Path

from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket


class Compiled(FileSystemBytecodeCache):
    """A disk that takes nothing more, being full or read-only, costs the time of compiling again, never the page."""

    def __init__(self, folder: Path, options: str) -> None:
        """`options` tells apart what was compiled with other options of ours."""
        with contextlib.suppress(OSError):
            folder.mkdir(mode=0o700, exist_ok=True)
        super().__init__(str(folder), f"{options}-%s.cache")

    def dump_bytecode(self, bucket: Bucket) -> None:
        with contextlib.suppress(OSError):
            super().dump_bytecode(bucket)
