"""The register of certificates: a root and an issuing certificate on disk, made when first needed; dated revocations.

Only the issuing key works here. The root key should be taken to a stick in a drawer: nothing but a new issuing certificate needs it.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from council import clock
from council.i18n import DEFAULT, speaking
from council.i18n import gettext as _
from council.neighbourhood.places import Place
from council.partnership.signatures import SigningKey
from council.settings import settings
from council.workshop import authority

ROOT_KEY, ROOT, ISSUING_KEY, ISSUING = "root.key", "root.pem", "issuing.key", "issuing.pem"
PLATFORM, OWN_KEY, OWN = "platform", "own.key", "own.pem"


@dataclass(frozen=True)
class Register:
    """What signing and checking need: the issuing pair and the root certificate, PEM."""

    issuing: authority.Pair
    root: bytes

    @property
    def chain(self) -> tuple[bytes, bytes]:
        return self.issuing.certificate, self.root


def _write(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)


def _found(folder: Path, name: str, at: datetime) -> None:
    """Make both certificates and move them in at once: two processes cannot make two registers."""
    with speaking(DEFAULT):
        root = authority.root(_("Signature root, %(name)s") % {"name": name}, at)
        issuing = authority.issuing(root, _("Signature issuing, %(name)s") % {"name": name}, at)
    _move_in(folder, ISSUING, {
        ROOT_KEY: root.key, ROOT: root.certificate, ISSUING_KEY: issuing.key, ISSUING: issuing.certificate,
    })  # fmt: skip


def _move_in(folder: Path, known_by: str, files: dict[str, bytes]) -> None:
    """All files at once under the folder's name, unless another process was quicker; `known_by` is one of them."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=folder.parent))
    _write(scratch, files)
    try:
        scratch.rename(folder)
    except OSError:
        if not (folder / known_by).exists():
            raise
        for each in scratch.iterdir():
            each.unlink()
        scratch.rmdir()


def exists() -> bool:
    return (settings().authority / ISSUING).exists()


def root_key() -> Path | None:
    """Where the root key still lies, None once it was taken away."""
    path = settings().authority / ROOT_KEY
    return path if path.exists() else None


def root() -> bytes | None:
    """The root certificate, PEM, or None while nothing was ever signed here."""
    return (settings().authority / ROOT).read_bytes() if exists() else None


async def register() -> Register:
    """The register, founded at first need in the community's name."""
    folder = settings().authority
    if not exists():
        _found(folder, await _community(), clock.now())
    pair = authority.Pair((folder / ISSUING_KEY).read_bytes(), (folder / ISSUING).read_bytes())
    return Register(pair, (folder / ROOT).read_bytes())


async def _community() -> str:
    place = await Place.filter(level="COMMUNITY").order_by("id").first()
    return place.name[:12] if place else "council"


async def platform() -> authority.Pair:
    """What the platform signs the papers it prints with (key PKCS#8 DER, certificate PEM), made at first need. It never signs an agreement."""
    above, folder = await register(), settings().authority / PLATFORM
    if not (folder / OWN).exists():
        with speaking(DEFAULT):
            word = _("Council platform")
        key = authority.new_key()
        certificate = authority.issue(above.issuing, word, await _community(), authority.public_of(key), clock.now())
        _move_in(folder, OWN, {OWN_KEY: key, OWN: certificate})
    return authority.Pair((folder / OWN_KEY).read_bytes(), (folder / OWN).read_bytes())


def platform_serial() -> int | None:
    """The number of the platform's own certificate, None before it has signed anything."""
    path = settings().authority / PLATFORM / OWN
    return authority.serial(path.read_bytes()) if path.exists() else None


async def issue(secretary: str, organisation: str, public_key: bytes) -> bytes:
    """A certificate of fifteen years (PEM) for a public key (SPKI DER)."""
    return authority.issue((await register()).issuing, secretary, organisation, public_key, clock.now())


async def revocation_list() -> bytes:
    """The list of dated revocations as of now, PEM. It always leads to the present register."""
    rows = await SigningKey.filter(revoked_on__isnull=False).order_by("id")
    revoked = [authority.Revoked(int(row.serial), row.revoked_on) for row in rows if row.revoked_on]
    now = clock.now()
    return authority.revocation_list((await register()).issuing, revoked, now, int(now.timestamp()))
