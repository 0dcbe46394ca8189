"""Processes for heavy work: paper and signatures are made outside the web process, within limits.

Each worker is one spawned process that takes one job at a time, so killing it hurts no other job. Workers
start at the first job, end when idle or after a number of jobs, and die with the process that started them.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import pickle
import resource
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from multiprocessing.connection import Connection
from pkgutil import resolve_name
from typing import Any

MEMORY = 1 << 30  # bytes of address space: a render of 30 pages needs about a third
IDLE = 120.0  # seconds after which a worker without work ends
JOBS = 200  # after so many jobs a worker is replaced, because layout memory only grows
PATIENCE = 6  # a job may wait this much longer on the clock than it may work: the machine has others to serve
GENTLE = 2  # steps behind the web process: pages are answered first while hundreds of papers are printed
BEHIND = 10  # steps behind it for what nobody waits for: a page takes twice as long beside a calculation two steps behind
FORBIDDEN = {
    "socket.connect",
    "socket.getaddrinfo",
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
}
_context = multiprocessing.get_context("spawn")


class TooLong(Exception):
    """The job was killed at its time limit."""


class Died(Exception):
    """The worker ended during the job: out of memory, or a crash in a library."""


def _forbid(event: str, _: tuple[Any, ...]) -> None:
    if event in FORBIDDEN:
        raise PermissionError(event)


def _confine(memory: int, gentle: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(gentle)
    sys.addaudithook(_forbid)


def _allow(seconds: float) -> None:
    """Processor time for one job, loading what it needs included."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + seconds) + 3
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def _answer(name: str, args: tuple[Any, ...]) -> bytes:
    try:
        return pickle.dumps((resolve_name(name)(*args), None))
    except Exception as fault:
        try:
            return pickle.dumps((None, pickle.loads(pickle.dumps(fault))))  # noqa: S301 - our own bytes
        except Exception:
            return pickle.dumps((None, Died(repr(fault))))


def _serve(pipe: Connection, memory: int, idle: float, gentle: int) -> None:
    """The life of a worker process."""
    _confine(memory, gentle)
    for _ in range(JOBS):
        if not pipe.poll(idle):
            return
        try:
            name, args, seconds = pipe.recv()
        except EOFError:
            return
        _allow(seconds)
        pipe.send_bytes(_answer(name, args))


class Worker:
    """One process, started when first needed and again after it has ended."""

    def __init__(self, memory: int, idle: float, gentle: int) -> None:
        self._start = partial(self._spawn, memory, idle, gentle)
        self._process: multiprocessing.process.BaseProcess | None = None

    def _spawn(self, memory: int, idle: float, gentle: int) -> None:
        self._pipe, theirs = _context.Pipe()
        self._process = _context.Process(target=_serve, args=(theirs, memory, idle, gentle), daemon=True)
        self._process.start()
        theirs.close()

    def _awake(self) -> bool:
        return self._process is not None and self._process.is_alive()

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._pipe.close()
            self._process = None

    def _left(self) -> bool:
        """Whether the worker had gone home (idle or enough jobs) before it took the job."""
        assert self._process is not None
        self._process.join(5)
        return self._process.exitcode == 0

    def _try(self, job: tuple[Any, ...], seconds: float) -> Any:
        if not self._awake():
            self._start()
        self._pipe.send(job)
        if not self._pipe.poll(seconds * PATIENCE):
            self.kill()
            raise TooLong
        return self._pipe.recv()

    def do(self, name: str, args: tuple[Any, ...], seconds: float) -> Any:
        """Have the job done; a fault of the job is raised here."""
        job = (name, args, seconds)
        try:
            result, fault = self._try(job, seconds)
        except (EOFError, OSError) as gone:
            again = self._left()
            spent = self._process is not None and self._process.exitcode == -signal.SIGXCPU
            self.kill()
            if spent:
                raise TooLong from gone
            if not again:
                raise Died from gone
            result, fault = self._try(job, seconds)
        if fault is not None:
            raise fault
        return result


class Workers:
    """As many workers as `count`, each fed by its own thread; jobs queue up in between."""

    def __init__(self, count: int, memory: int = MEMORY, idle: float = IDLE, gentle: int = GENTLE) -> None:
        self._make = partial(Worker, memory, idle, gentle)
        self._count = count
        self._lock = threading.Lock()
        self._threads: ThreadPoolExecutor | None = None
        self._hired: list[Worker] = []
        self._own = threading.local()

    def _hire(self) -> None:
        self._own.worker = self._make()
        with self._lock:
            self._hired.append(self._own.worker)

    def _open(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._threads is None:
                self._threads = ThreadPoolExecutor(self._count, "worker", initializer=self._hire)
            return self._threads

    def _do(self, name: str, args: tuple[Any, ...], seconds: float) -> Any:
        return self._own.worker.do(name, args, seconds)

    async def run(self, name: str, *args: Any, seconds: float) -> Any:
        """What the function `package.module:name` returns in a worker; `TooLong` or `Died` beyond the limits.

        `seconds` is processor time and starts with the job, not in the queue; on the clock it may take PATIENCE times as
        long. A cancelled wait does not stop the job.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._open(), self._do, name, args, seconds)

    async def shutdown(self) -> None:
        """Kill every worker. A later `run` starts anew."""
        with self._lock:
            threads, self._threads = self._threads, None
            hired, self._hired = self._hired, []
        for worker in hired:
            await asyncio.to_thread(worker.kill)
        if threads is not None:
            await asyncio.to_thread(threads.shutdown)


workers = Workers(count=max(1, min(2, os.cpu_count() or 1)))
# For what is computed once and looked at later: it takes no worker from whoever waits for a paper.
patient = Workers(count=1, gentle=BEHIND)
