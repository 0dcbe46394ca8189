"""What the browser is given from elsewhere is what was locked."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = tomllib.loads((ROOT / "vendor.lock.toml").read_text(encoding="utf-8"))


def compared(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, root / "bin/vendor", "--check"], capture_output=True, text=True)


def test_the_files_in_the_tree_are_the_locked_ones() -> None:
    assert compared(ROOT).returncode == 0


def test_a_changed_file_is_noticed(tmp_path: Path) -> None:
    for name in ("bin", "council/static/vendor", "tests/vendor"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "vendor.sums", tmp_path)
    changed = next((tmp_path / "council/static/vendor").glob("htmx*/htmx.min.js"))
    changed.write_text(changed.read_text() + " ")
    answer = compared(tmp_path)
    assert answer.returncode == 4
    assert "htmx.min.js" in answer.stdout


def test_every_shipped_package_has_its_licence_beside_it() -> None:
    notice = (ROOT / "council/static/vendor/NOTICE.md").read_text(encoding="utf-8")
    shipped = [package for package in LOCK["package"] if package["target"].startswith("council/")]
    assert len(shipped) == 3
    for package in shipped:
        assert f"## {package['name']} {package['version']} ({package['licence']})" in notice
        assert package["copyright"] in notice


def test_the_theme_calls_no_other_host_and_carries_no_reserved_typeface() -> None:
    for style in (ROOT / "council/static").rglob("*.css"):
        text = style.read_text(encoding="utf-8")
        assert "GDS Transport" not in text
        assert "url(http" not in text.replace('"', "").replace("'", "")
        assert "font-style:italic" not in text.replace(" ", "")
