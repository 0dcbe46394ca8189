"""Everything a neighbourhood keeps, as one file: the database, photos and signed papers, the signing authority and the server's own secret.

The database is copied first and consistently (SQLite's backup interface, `pg_dump`), while people go on working; files are written before the rows
that name them, so that each file a copied row names is in the copy too. The sums of all parts are written last. Whoever holds such a file holds
everything: it is readable by its owner only, and is to be kept like a key.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from council.i18n import Phrase
from council.refusals import Refusal
from council.settings import Settings

FORMAT = 1
MANIFEST, SQLITE, POSTGRES = "manifest.json", "database.sqlite", "database.dump"
KEPT = ("secret.key", "media", "authority")


@dataclass
class Manifest:
    """What a backup holds. `made_at` is UTC in ISO 8601, `database` one of sqlite, postgres; `sums` maps each part's name to its SHA-256."""

    made_at: str
    database: str
    format: int = FORMAT
    sums: dict[str, str] = field(default_factory=dict)


def name(at: datetime) -> str:
    """The usual name of a backup made at a moment."""
    return f"council-{at:%Y%m%dT%H%M%S}.tar"


def make(ours: Settings, target: Path, *, at: datetime) -> Manifest:
    """Write everything into `target`, which appears only when it is whole. Raises Refusal where a part cannot be copied."""
    manifest = Manifest(at.isoformat(), "sqlite" if ours.sqlite else "postgres")
    half = target.with_name(target.name + ".part")
    try:
        handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with tempfile.TemporaryDirectory(dir=ours.data) as folder, os.fdopen(handle, "wb") as out:
            with tarfile.open(fileobj=out, mode="w") as tar:
                for part, path in _parts(ours, Path(folder)):
                    manifest.sums[part] = _sum(path)
                    tar.add(path, part, recursive=False)
                _add(tar, MANIFEST, json.dumps(asdict(manifest), indent=1).encode())
            out.flush()
            os.fsync(out.fileno())
        half.replace(target)
    finally:
        half.unlink(missing_ok=True)
    return manifest


def _parts(ours: Settings, folder: Path) -> Iterator[tuple[str, Path]]:
    """Each part's name and where it lies; the database, copied into `folder`, before all files."""
    yield _copied(ours, folder)
    for kept in (ours.data / each for each in KEPT):
        for path in sorted(kept.rglob("*")) if kept.is_dir() else [kept]:
            if path.is_file():
                yield path.relative_to(ours.data).as_posix(), path


def _copied(ours: Settings, folder: Path) -> tuple[str, Path]:
    if ours.sqlite is None:
        target = folder / POSTGRES
        _postgres(ours.database, "pg_dump", "--format=custom", "--no-owner", f"--file={target}")
        return POSTGRES, target
    if not ours.sqlite.exists():
        raise Refusal("There is no database to copy.")
    target = folder / SQLITE
    with contextlib.closing(sqlite3.connect(ours.sqlite)) as source, contextlib.closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    return SQLITE, target


def _postgres(database: str, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs on our database; its password travels in the environment, where other users cannot read it."""
    address = urlsplit(database)
    if shutil.which(program) is None:
        raise Refusal("%(program)s is missing: install the package postgresql-client.", program=program)
    secret = {"PGPASSWORD": unquote(address.password)} if address.password else {}
    plain = address._replace(scheme="postgresql", netloc=address.netloc.replace(f":{address.password}@", "@")).geturl()
    done = subprocess.run([program, f"--dbname={plain}", *arguments], env=os.environ | secret, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refusal("%(program)s says: %(fault)s", program=program, fault=done.stderr.strip()[-300:])


def _add(tar: tarfile.TarFile, part: str, data: bytes) -> None:
    about = tarfile.TarInfo(part)
    about.size, about.mode = len(data), 0o600
    tar.addfile(about, io.BytesIO(data))


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def opened(file: Path, ours: Settings) -> Iterator[tuple[Path, Manifest]]:
    """A backup unpacked beside the data folder, every sum and the database checked. Raises Refusal where it is not whole."""
    with tempfile.TemporaryDirectory(dir=ours.data.parent, prefix=".council-restore-") as unpacked:
        folder = Path(unpacked)
        try:
            with tarfile.open(file) as tar:
                tar.extractall(folder, filter="data")
            manifest = Manifest(**json.loads((folder / MANIFEST).read_bytes()))
        except (OSError, tarfile.TarError, ValueError, TypeError) as fault:
            raise Refusal("This is no whole backup file.") from fault
        _check(folder, manifest)
        yield folder, manifest


def _check(folder: Path, manifest: Manifest) -> None:
    if manifest.format != FORMAT:
        raise Refusal("This backup was made by a newer version.")
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {MANIFEST}
    for part in sorted(there ^ manifest.sums.keys()):
        raise Refusal("The backup is not whole: %(part)s.", part=part)
    for part, expected in manifest.sums.items():
        if _sum(folder / part) != expected:
            raise Refusal("The backup was changed: %(part)s.", part=part)
    if manifest.database == "sqlite":
        with contextlib.closing(sqlite3.connect(folder / SQLITE)) as copy:
            if copy.execute("PRAGMA integrity_check").fetchone()[0] != "ok" or copy.execute("PRAGMA foreign_key_check").fetchone():
                raise Refusal("The database in the backup is damaged.")


def restore(folder: Path, manifest: Manifest, ours: Settings) -> None:
    """Put an opened backup in place of nothing: never over a database, photos or papers that are there. Raises Refusal."""
    if (manifest.database == "sqlite") != (ours.sqlite is not None):
        raise Refusal("The backup is of another kind of database (%(kind)s): set DATABASE_URL accordingly.", kind=manifest.database)
    there = [path for path in (ours.sqlite, ours.media, ours.authority) if path and path.exists() and (path.is_file() or any(path.iterdir()))]
    if there:
        raise Refusal("%(path)s is there already. Restore into an empty folder: nothing is ever overwritten.", path=str(there[0]))
    if ours.sqlite is None:
        _postgres(ours.database, "pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", str(folder / POSTGRES))
    else:
        ours.sqlite.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder / SQLITE, ours.sqlite)
    for each in KEPT:
        _place(folder / each, ours.data / each)


def _place(source: Path, target: Path) -> None:
    if not source.exists():
        return
    # Starting the command has made a new secret and perhaps empty folders: what the backup holds takes their place.
    if target.is_dir():
        target.rmdir()
    shutil.move(source, target)


def said(manifest: Manifest) -> Phrase:
    """One sentence on what a backup holds."""
    return Phrase("Made at %(at)s: the database and %(count)s files.", at=manifest.made_at, count=len(manifest.sums) - 1)
