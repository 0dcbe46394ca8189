"""What stands in the way of a start is said in words, and nothing has been changed."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from council.cli import announce, ready
from council.cli.user import _named
from council.db import sql
from council.neighbourhood.journal import writing
from council.refusals import Refusal
from tests.cli.conftest import ROOT, surroundings


def told(capsys) -> str:
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("host", "port", "said"), [("127.0.0.1", 0, "no port 0"), ("127.0.0.1", 99_999, "no port 99999"), ("192.0.2.9", 8000, "192.0.2.9")]
)
def test_a_door_that_cannot_be(host, port, said, capsys):
    with pytest.raises(SystemExit) as stopped:
        ready.door(host, port)
    assert stopped.value.code == 3
    assert said in told(capsys)


def test_a_door_that_is_taken_names_another_one(capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SystemExit):
            ready.door("127.0.0.1", port)
    assert f"Port {port} is taken" in told(capsys)
    ready.door("127.0.0.1", port)


def test_a_certificate_that_is_not_there_or_is_none(tmp_path, capsys):
    (tmp_path / "none.pem").write_text("no certificate")
    for name in ("missing.pem", "none.pem"):
        with pytest.raises(SystemExit):
            ready.certificate(str(tmp_path / name), "")
        assert "--tls-cert" in told(capsys)


def test_a_full_disk_is_named_before_anything_is_written(monkeypatch, capsys):
    ready.folder()
    monkeypatch.setattr(ready, "LEAST", 2**62)
    with pytest.raises(SystemExit):
        ready.folder()
    assert "The disk is full" in told(capsys)


async def test_data_of_an_earlier_shape_are_named(database, capsys):
    assert await ready.lacking() == []
    await ready.fits()
    async with writing():
        await sql("ALTER TABLE photo RENAME COLUMN width TO wide")
    with pytest.raises(SystemExit):
        await ready.fits()
    assert "photo.width" in told(capsys)


@pytest.mark.parametrize(("more", "said"), [({"COUNCIL_DATA": "/dev/null/data"}, "COUNCIL_DATA=/"), ({"DATABASE_URL": "mysql://x"}, "postgresql://")])
def test_a_start_that_cannot_be_ends_in_words(tmp_path: Path, more, said):
    made = subprocess.run(
        [sys.executable, "-m", "council", "start", "--port", "18765"], env=surroundings(tmp_path) | more, cwd=ROOT, capture_output=True,
        text=True, timeout=60, check=False,
    )  # fmt: skip
    assert made.returncode == 3
    assert said in made.stderr
    assert "Traceback" not in made.stderr


async def test_a_neighbourhood_of_ones_own_is_told_how_to_sign_in(world, capsys):
    await announce.links(announce.Where("http", "127.0.0.1", 8000))
    assert "user link" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["没有这个人", "²", "9" * 40, "九" * 300])
async def test_a_name_nobody_has_is_said_so(world, name):
    with pytest.raises(Refusal, match=r"没有|Nobody"):
        await _named(name)
    assert (await _named(str(world.resident.id))).id == world.resident.id
