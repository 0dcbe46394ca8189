"""The files of agreements, each under the digest of its own bytes: what was signed once is never written over."""

from __future__ import annotations

import asyncio
import os
from hashlib import sha256
from pathlib import Path

from council.refusals import Refusal
from council.settings import settings


def _folder() -> Path:
    return settings().media / "agreements"


def _keep(data: bytes) -> str:
    digest = sha256(data).hexdigest()
    path = _folder() / digest[:2] / f"{digest}.pdf"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    scratch = path.with_suffix(f".{os.getpid()}.part")
    with scratch.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)
    return f"{digest[:2]}/{digest}.pdf"


def _read(name: str) -> bytes:
    try:
        return (_folder() / name).read_bytes()
    except FileNotFoundError:
        raise Refusal("The file of this agreement is missing. Tell the operator.", status=503) from None


async def keep(data: bytes) -> str:
    """Store a file; the name under which it is read again holds its SHA-256."""
    return await asyncio.to_thread(_keep, data)


async def read(name: str) -> bytes:
    return await asyncio.to_thread(_read, name)
