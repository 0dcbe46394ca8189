"""A disk that remembers: all that SQLite writes, syncs, cuts off and deletes, in order, so that what a power cut leaves can be made from it.

The application itself runs above it: this is a file system of SQLite (VFS) that hands everything on to the usual one. A power cut keeps what was
written before the last sync of a file and any part of what came after: `images` makes such files. `quota` makes the disk a full one.
"""

from __future__ import annotations

import ctypes
import random
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p
from pathlib import Path

OK, FULL = 0, 13  # SQLITE_OK, SQLITE_FULL
TORN = 0.1  # share of the writes left over that were cut in the middle

# The name as a bare address: SQLite goes on reading it there for as long as the file is open.
Open = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
Delete = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)
Write = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
Truncate = CFUNCTYPE(c_int, c_void_p, c_int64)
Sync = CFUNCTYPE(c_int, c_void_p, c_int)


class System(Structure):
    """sqlite3_vfs, version 3."""

    _fields_ = [
        ("version", c_int), ("size", c_int), ("longest", c_int), ("next", c_void_p), ("name", c_char_p), ("data", c_void_p), ("open", c_void_p),
        ("delete", c_void_p), ("others", c_void_p * 13),
    ]  # fmt: skip


class Methods(Structure):
    """sqlite3_io_methods, version 3."""

    _fields_ = [
        ("version", c_int), ("close", c_void_p), ("read", c_void_p), ("write", c_void_p), ("truncate", c_void_p), ("sync", c_void_p),
        ("others", c_void_p * 13),
    ]  # fmt: skip


def library() -> ctypes.CDLL:
    """The very SQLite that Python's own module uses."""
    import _sqlite3

    found = ctypes.CDLL(getattr(_sqlite3, "__file__", None))
    found.sqlite3_vfs_find.restype, found.sqlite3_vfs_find.argtypes = POINTER(System), [c_char_p]
    found.sqlite3_vfs_register.argtypes, found.sqlite3_vfs_unregister.argtypes = [c_void_p, c_int], [c_void_p]
    return found


class Disk:
    """`log` holds ("write", file, offset, bytes) · ("cut", file, size) · ("sync", file, length of the log when it began) · ("delete", file),
    and whatever the proof puts between them with `mark`."""

    def __init__(self) -> None:
        self.log: list[tuple] = []
        self._sqlite, self._names, self._methods = library(), {}, {}
        self._usual = self._sqlite.sqlite3_vfs_find(None)
        self._ours = System.from_buffer_copy(self._usual.contents)
        self._ours.name = b"remembering"
        self._kept = (Open(self._open), Delete(self._delete), Write(self._write), Truncate(self._truncate), Sync(self._sync))
        self._ours.open, self._ours.delete = (ctypes.cast(one, c_void_p).value for one in self._kept[:2])

    @contextmanager
    def below(self) -> Iterator[Disk]:
        """Whatever opens a database within the block has it on this disk."""
        self._sqlite.sqlite3_vfs_register(ctypes.addressof(self._ours), 1)
        try:
            yield self
        finally:
            self._sqlite.sqlite3_vfs_unregister(ctypes.addressof(self._ours))
            self._sqlite.sqlite3_vfs_register(ctypes.addressof(self._usual.contents), 1)

    def mark(self, *what: object) -> None:
        self.log.append(what)

    def _open(self, system: int, name: int | None, file: int, flags: int, out: int) -> int:
        code = Open(self._usual.contents.open)(ctypes.addressof(self._usual.contents), name, file, flags, out)
        place = c_void_p.from_address(file)
        if code == OK and place.value:
            place.value = ctypes.addressof(self._over(place.value))
            self._names[file] = Path(ctypes.string_at(name).decode()).name if name else ""
        return code

    def _over(self, usual: int) -> Methods:
        """The usual methods of a file, three of them ours."""
        if usual not in self._methods:
            made = Methods.from_buffer_copy(Methods.from_address(usual))
            self._methods[usual] = made
            self._then = (Write(made.write), Truncate(made.truncate), Sync(made.sync))
            made.write, made.truncate, made.sync = (ctypes.cast(one, c_void_p).value for one in self._kept[2:])
        return self._methods[usual]

    def _write(self, file: int, data: int, size: int, offset: int) -> int:
        self.log.append(("write", self._names[file], offset, ctypes.string_at(data, size)))
        return self._then[0](file, data, size, offset)

    def _truncate(self, file: int, size: int) -> int:
        self.log.append(("cut", self._names[file], size))
        return self._then[1](file, size)

    def _sync(self, file: int, flags: int) -> int:
        begun = len(self.log)
        code = self._then[2](file, flags)
        self.log.append(("sync", self._names[file], begun))
        return code

    def _delete(self, system: int, name: bytes, durable: int) -> int:
        self.log.append(("delete", Path(name.decode()).name))
        return Delete(self._usual.contents.delete)(ctypes.addressof(self._usual.contents), name, durable)


class Remains:
    """What is on the disk for certain after so much of the log, and what may be."""

    def __init__(self, before: dict[str, bytes]) -> None:
        self.sure = {name: bytearray(found) for name, found in before.items()}
        self.open: dict[str, list[tuple[int, tuple]]] = defaultdict(list)

    def take(self, number: int, act: tuple) -> None:
        if act[0] in ("write", "cut"):
            self.open[act[1]].append((number, act))
        elif act[0] == "sync":
            for _, one in (each for each in self.open[act[1]] if each[0] < act[2]):
                apply(self.sure.setdefault(act[1], bytearray()), one)
            self.open[act[1]] = [each for each in self.open[act[1]] if each[0] >= act[2]]
        elif act[0] == "delete":
            self.sure.pop(act[1], None)
            self.open.pop(act[1], None)

    def left(self, dice: random.Random) -> dict[str, bytes]:
        """What the cut leaves: of what was not synced nothing, all, or any part, some of it torn."""
        found, share = {}, dice.choice((0.0, 0.5, 0.9, 1.0))
        for name in {*self.sure, *self.open}:
            body = bytearray(self.sure.get(name, b""))
            for _, act in self.open.get(name, ()):
                if dice.random() < share:
                    apply(body, torn(act, dice) if dice.random() < TORN and share < 1 else act)
            found[name] = bytes(body)
        return found


def torn(act: tuple, dice: random.Random) -> tuple:
    return ("write", act[1], act[2], act[3][: dice.randrange(len(act[3]) + 1)]) if act[0] == "write" else act


def apply(body: bytearray, act: tuple) -> None:
    if act[0] == "cut":
        del body[act[2] :]
        return
    _, _, offset, data = act
    body.extend(bytes(max(0, offset - len(body))))
    body[offset : offset + len(data)] = data


def images(before: dict[str, bytes], log: list[tuple], n: int, seed: int) -> Iterator[tuple[int, dict[str, bytes]]]:
    """`n` power cuts at random moments: how much of the log had happened, and the files it left."""
    dice, remains, at = random.Random(seed), Remains(before), 0
    for moment in sorted(dice.randrange(1, len(log) + 1) for _ in range(n)):
        for number in range(at, moment):
            remains.take(number, log[number])
        at = moment
        yield moment, remains.left(dice)


def whole(file: Path) -> str:
    """What SQLite itself says of a file that a power cut left, after its own recovery: nothing, or the fault."""
    try:
        with sqlite3.connect(file) as found:
            said = found.execute("PRAGMA integrity_check").fetchone()[0]
            return "" if said == "ok" else str(said)
    except sqlite3.DatabaseError as fault:
        return str(fault)
