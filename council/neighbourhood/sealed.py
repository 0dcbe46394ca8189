"""Personal texts at rest: sealed with the server's secret, found again by keyed digest."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache

from council.settings import settings
from council.workshop.sealing import Sealer


@cache
def sealer() -> Sealer:
    return Sealer((settings().secret,))


def seal(text: str, purpose: str) -> str:
    """`text` as a sealed string, empty for an empty one. `purpose`: "phone", "name", …"""
    return urlsafe_b64encode(sealer().seal_text(text, purpose)).decode() if text else ""


def unseal(sealed: str, purpose: str) -> str:
    return sealer().open_text(urlsafe_b64decode(sealed), purpose) if sealed else ""


def lookup(text: str, purpose: str) -> str:
    """The same hex digest for the same text: stored instead of a code or beside a sealed phone."""
    return sealer().keyed_digest(text, purpose).hex() if text else ""
