"""The single looks of `council doctor`. Each gives one finding: a check, its state, what was seen, and the command that mends it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sqlite3
import stat
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from council import clock, db
from council.cli import ready
from council.settings import Settings, settings

ROOT = Path(__file__).resolve().parents[2]
MB = 1_000_000


@dataclass(frozen=True)
class Finding:
    check: str
    state: Literal["ok", "note", "failed"]
    said: str
    mend: str = ""


def python() -> Finding:
    said = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info >= (3, 11)
    return Finding("Python", "ok" if good else "failed", said, "" if good else "apt-get install python3.11")


def sqlite() -> Finding:
    good = sqlite3.sqlite_version_info >= (3, 35)
    return Finding("SQLite", "ok" if good else "failed", sqlite3.sqlite_version, "" if good else "apt-get install libsqlite3-0")


def searching() -> Finding:
    """Chinese words have two characters: 停车 must find a row through the index that the records use."""
    with contextlib.closing(sqlite3.connect(":memory:")) as probe:
        try:
            probe.execute("CREATE VIRTUAL TABLE t USING fts5(grams, tokenize='unicode61')")
            probe.execute("INSERT INTO t VALUES ('小区 区停 停车 车难')")
            found = probe.execute("SELECT count(*) FROM t WHERE t MATCH '\"停车\"'").fetchone()[0]
        except sqlite3.OperationalError as fault:
            return Finding("全文检索 search", "failed", str(fault), "apt-get install libsqlite3-0")
    return Finding("全文检索 search", "ok" if found == 1 else "failed", f"“停车” → {found}")


def typefaces() -> Finding:
    from council.workshop.fonts import FontFault, missing

    mend = "apt-get install fonts-noto-cjk fonts-noto-cjk-extra"
    try:
        lacking = missing("社区居民委员会䶮")
    except FontFault as fault:
        return Finding("纸面字体 typefaces", "failed", str(fault), mend)
    return Finding("纸面字体 typefaces", "note" if lacking else "ok", f"缺 lacks {lacking}" if lacking else "Noto CJK", mend if lacking else "")


def typesetting() -> Finding:
    mend = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    try:
        import weasyprint
    except OSError as fault:
        return Finding("PDF 排版 pango", "failed", str(fault).splitlines()[0], mend)
    from ctypes.util import find_library

    if find_library("harfbuzz-subset") is None:
        return Finding("PDF 排版 pango", "note", "没有 harfbuzz-subset，PDF 会大几倍 large files", mend)
    return Finding("PDF 排版 pango", "ok", f"WeasyPrint {weasyprint.__version__}")


def time_zone() -> Finding:
    """Days begin at midnight in Shanghai, whatever the machine says; its clock must be right all the same."""
    here = clock.local(datetime(2026, 1, 1, 16, tzinfo=UTC))
    good = here.hour == 0 and here.day == 2 and time.time() > datetime(2026, 1, 1, tzinfo=UTC).timestamp()
    said = f"{clock.local(clock.now()):%Y-%m-%d %H:%M} Asia/Shanghai"
    return Finding("时钟时区 clock", "ok" if good else "failed", said, "" if good else "timedatectl set-ntp true; apt-get install tzdata")


def disk() -> Finding:
    free = shutil.disk_usage(settings().data).free
    state: Literal["ok", "note", "failed"] = "ok" if free > 1000 * MB else "note" if free > 200 * MB else "failed"
    return Finding("磁盘 disk", state, f"{free // MB} MB", "" if state == "ok" else f"df -h {settings().data}")


def folder() -> Finding:
    """Writable by us, closed to everybody else: it holds the secret that opens telephone numbers."""
    data, check = settings().data, "数据文件夹 data folder"
    if not os.access(data, os.W_OK):
        return Finding(check, "failed", f"{data} 不能写 not writable", f"chown -R $(id -un) {data}")
    open_to_others = [p for p in (data, data / "secret.key") if p.exists() and stat.S_IMODE(p.stat().st_mode) & 0o077]
    if open_to_others:
        return Finding(check, "note", f"{open_to_others[0]} 别人也能读 readable by others", f"chmod -R go= {data}")
    return Finding(check, "ok", str(data))


def vendored() -> Finding:
    """The files the browser is given are the ones that were reviewed."""
    import hashlib

    check, sums = "前端文件 vendored files", ROOT / "vendor.sums"
    if not sums.exists():
        return Finding(check, "ok", "已随安装包校验 checked at build")
    for line in sums.read_text().splitlines():
        digest, name = line.split(maxsplit=1)
        file = ROOT / name.strip()
        if not file.exists() or hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            return Finding(check, "failed", f"{name} 与登记的不一致 differs", f"git checkout -- {name}")
    return Finding(check, "ok", f"{len(sums.read_text().splitlines())} 个文件一致 files match")


def holidays() -> Finding:
    """From December on, next year's exchanged working days should be known: deadlines count by them."""
    from council.rules.calendar import year_table

    today, check = clock.today(), "节假日表 holidays"
    if not year_table(today.year).announced:
        return Finding(check, "note", f"{today.year} 年的调休还没有 not known", "更新 council/rules/data/workdays.toml")
    if today.month == 12 and not year_table(today.year + 1).announced:
        return Finding(check, "note", f"{today.year + 1} 年的调休还没有 not known", "国务院公布后更新 council/rules/data/workdays.toml")
    return Finding(check, "ok", f"{today.year}")


def root_key() -> Finding:
    """Only a new issuing certificate needs the root key: it belongs on a stick in a drawer."""
    from council.partnership import certificates

    check, key = "签名根密钥 root key", certificates.root_key()
    if key is None:
        return Finding(check, "ok", "不在这台机器上 not on this machine")
    return Finding(check, "note", f"{key} 还在这台机器上 still on this machine", f"cp {key} /media/usb/ && shred -u {key}")


def mail() -> Finding:
    from council.workshop.mail import check

    if not settings().smtp:
        return Finding("邮件 mail", "ok", "没有设置，只用收件箱和通知单 not set: inbox and slips only")
    try:
        check(settings().smtp)
    except (OSError, ValueError) as fault:
        return Finding("邮件 mail", "failed", str(fault)[:120], "export SMTP_URL='smtp://user:password@host:587?from=address'")
    return Finding("邮件 mail", "ok", "服务器应答 the server answers")


async def database(ours: Settings) -> Finding:
    check = "数据库 database"
    try:
        waiting = await db.pending(ours.database)
    except (OSError, sqlite3.Error, ImportError) as fault:
        return Finding(check, "failed", f"{type(fault).__name__}: {fault}"[:160], "检查 DATABASE_URL")
    if waiting:
        return Finding(check, "failed", f"需要更新 behind: {', '.join(waiting)}", "council migrate")
    async with db.connected(ours.database):
        lacks = await ready.lacking()
    if lacks:
        said = f"由较早的版本建立 made by an earlier version, lacks {', '.join(lacks)}"
        return Finding(check, "failed", said[:160], "用原来的版本打开 start that version")
    return Finding(check, "ok", "最新 up to date")


async def character_type(ours: Settings) -> Finding | None:
    """On PostgreSQL the database's LC_CTYPE decides what counts as a letter."""
    if ours.sqlite is not None:
        return None
    import asyncpg

    try:
        connection = await asyncpg.connect(ours.database.replace("asyncpg://", "postgresql://", 1))
    except (OSError, asyncpg.PostgresError):
        return None
    try:
        name = await connection.fetchval("SELECT datctype FROM pg_database WHERE datname = current_database()")
    finally:
        await connection.close()
    good = "UTF" in name.upper()
    return Finding("LC_CTYPE", "ok" if good else "note", name, "" if good else "CREATE DATABASE council LC_CTYPE 'C.UTF-8' TEMPLATE template0")


async def integrity(ours: Settings) -> Finding | None:
    if ours.sqlite is None or not ours.sqlite.exists():
        return None
    said = await asyncio.to_thread(_quick_check, ours.sqlite)
    return Finding("数据库文件 database file", "ok" if said == "ok" else "failed", said, "" if said == "ok" else "从备份恢复 restore a backup")


def _quick_check(file: Path) -> str:
    try:
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            return str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.Error as fault:
        return str(fault)


LOOKS: tuple[Callable[[], Finding], ...] = (
    python, sqlite, searching, typefaces, typesetting, time_zone, disk, folder, vendored, holidays, root_key, mail,
)  # fmt: skip


async def look() -> list[Finding]:
    """Every finding, in the order in which they are read."""
    ours = settings()
    found = [*_each(), await database(ours), await character_type(ours), await integrity(ours)]
    return [one for one in found if one is not None]


def _each() -> Iterator[Finding]:
    for one in LOOKS:
        try:
            yield one()
        except Exception as fault:  # a look that breaks is itself a finding
            yield Finding(one.__name__, "failed", f"{type(fault).__name__}: {fault}"[:160])
