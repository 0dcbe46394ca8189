"""Environment -> one frozen settings object."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Where things are and who we are to the outside. Nothing else reads the environment."""

    data: Path
    database: str
    origin: str
    secret: bytes
    smtp: str

    @property
    def media(self) -> Path:
        return self.data / "media"

    @property
    def fonts(self) -> Path:
        return self.data / "fonts"

    @property
    def authority(self) -> Path:
        return self.data / "authority"

    @property
    def sqlite(self) -> Path | None:
        """The database file, or None on PostgreSQL."""
        scheme, _, rest = self.database.partition("://")
        return Path(rest) if scheme == "sqlite" else None


def read(environment: dict[str, str] | None = None) -> Settings:
    """Settings from the environment: COUNCIL_DATA, DATABASE_URL, COUNCIL_ORIGIN, SMTP_URL."""
    env = os.environ if environment is None else environment
    data = Path(env.get("COUNCIL_DATA") or "data").resolve()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Settings(
        data=data,
        database=env.get("DATABASE_URL") or f"sqlite://{data / 'council.sqlite'}",
        origin=(env.get("COUNCIL_ORIGIN") or "").rstrip("/"),
        secret=_secret(data / "secret.key"),
        smtp=env.get("SMTP_URL") or "",
    )


def _secret(path: Path) -> bytes:
    """The server's own secret, made on the first start and readable by its owner only."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
        return path.read_bytes()


@cache
def settings() -> Settings:
    return read()
