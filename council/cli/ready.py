"""What must be so before the council opens. What is not is said in plain words, with what mends it: exit 3, and nothing has been changed."""

from __future__ import annotations

import errno
import shutil
import socket
import ssl
import sys
from pathlib import Path
from typing import NoReturn

import typer

LEAST = 10_000_000  # bytes free, without which not even a new database can be written
COLUMNS = {
    "sqlite": 'SELECT m.name AS "at", c.name AS "column" FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = \'table\'',
    "postgres": 'SELECT table_name AS "at", column_name AS "column" FROM information_schema.columns WHERE table_schema = current_schema()',
}


def stop(chinese: str, english: str) -> NoReturn:
    typer.echo(f"{chinese}\n{english}", err=True)
    sys.exit(3)


def to_open(host: str, port: int, tls_cert: str, tls_key: str) -> None:
    """A folder to write to, a door that is free, a certificate that fits."""
    folder()
    door(host, port)
    if tls_cert or tls_key:
        certificate(tls_cert, tls_key)


def folder() -> None:
    from council.settings import settings

    try:
        data = settings().data
        probe = data / ".writable"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as fault:
        stop(
            f"数据文件夹不能写：{fault.filename}（{fault.strerror}）。请换一个文件夹：COUNCIL_DATA=/路径 bin/serve",
            f"The data folder cannot be written to: {fault.filename} ({fault.strerror}). Choose another: COUNCIL_DATA=/path bin/serve",
        )
    if shutil.disk_usage(data).free < LEAST:
        stop(f"磁盘满了：{data}。请先腾出空间。", f"The disk is full: {data}. Make room first.")


def door(host: str, port: int) -> None:
    """Nothing else answers at this address already."""
    if not 0 < port < 65_536:
        stop(f"没有 {port} 这个端口，请用 1024 到 65535 之间的数。", f"There is no port {port}: take a number between 1024 and 65535.")
    try:
        (family, _type, _protocol, _name, place), *_others = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as fault:
        if fault.errno in (errno.EADDRINUSE, errno.EACCES):
            stop(
                f"端口 {port} 已被占用或不许使用。请换一个，例如：bin/serve --port {port + 1 if 1024 <= port < 65_535 else 8001}",
                f"Port {port} is taken or not allowed. Choose another, such as: bin/serve --port {port + 1 if 1024 <= port < 65_535 else 8001}",
            )
        stop(f"这台机器没有 {host} 这个地址。", f"This machine has no address {host}.")


def certificate(cert: str, key: str) -> None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key or None)
    except (OSError, ValueError) as fault:
        lost = [name for name in (cert, key) if name and not Path(name).is_file()]
        what = f"{'、'.join(lost)} 不存在 is not there" if lost else str(fault)
        stop(f"证书或密钥不能用：{what}。", "The certificate and its key cannot be used. Both are PEM files: --tls-cert FILE --tls-key FILE")


async def database() -> None:
    """There is one to talk to."""
    import sqlite3

    from council import db
    from council.settings import settings

    ours = settings()
    if not ours.database.startswith(("sqlite://", "postgresql://", "postgres://", "asyncpg://")):
        stop("DATABASE_URL 应写成 postgresql://用户:密码@主机/数据库", "DATABASE_URL is written postgresql://user:password@host/database")
    refused: tuple[type[Exception], ...] = (OSError, ValueError, sqlite3.Error)
    if ours.sqlite is None:
        from asyncpg import PostgresError

        refused = (*refused, PostgresError)
    try:
        await db.pending(ours.database)
    except refused as fault:
        stop(f"连不上数据库：{fault}", "The database does not answer. Look at DATABASE_URL, and whether it runs.")


async def fits() -> None:
    """Until the first release its shape is written anew: a database made before a change lacks something, and would fail page by page."""
    if lacks := await lacking():
        stop(
            f"数据是用较早的版本建立的，缺少 {lacks[0]} 等 {len(lacks)} 项。演示数据请移走数据文件夹后重新启动；自己的数据请用原来的版本打开。",
            f"These data were made by an earlier version and lack {lacks[0]} ({len(lacks)} in all). Of the demonstration: move the data folder "
            "away and start again. Your own: start the version that made them.",
        )


async def lacking() -> list[str]:
    """What our records have and this database has not, as table.column."""
    from tortoise import Tortoise, connections

    from council.db import sql

    rows = await sql(COLUMNS[connections.get("default").capabilities.dialect])
    there = {(row["at"], row["column"]) for row in rows}
    records = Tortoise.apps["council"].values()
    wanted = {(one._meta.db_table, column) for one in records for column in one._meta.fields_db_projection.values()}
    return sorted(f"{at}.{column}" for at, column in wanted - there)
