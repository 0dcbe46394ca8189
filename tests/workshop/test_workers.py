import asyncio
import os
import time

import pytest

from council.workshop.workers import BEHIND, GENTLE, Died, TooLong, Workers


@pytest.fixture
async def pair():
    made = Workers(count=2, memory=1 << 30, idle=60)
    yield made
    await made.shutdown()


async def test_a_job_runs_in_another_process(pair):
    assert await pair.run("os:getpid", seconds=10) != os.getpid()


async def test_workers_step_back_behind_the_web_process_the_patient_ones_further(pair):
    patient = Workers(count=1, gentle=BEHIND)
    here = os.nice(0)
    assert await pair.run("os:nice", 0, seconds=10) == min(here + GENTLE, 19)
    assert await patient.run("os:nice", 0, seconds=10) == min(here + BEHIND, 19)
    await patient.shutdown()


async def test_a_fault_of_the_job_comes_back(pair):
    with pytest.raises(ZeroDivisionError):
        await pair.run("operator:truediv", 1, 0, seconds=10)


async def test_a_job_over_its_time_is_killed_and_the_next_one_runs(pair):
    start = time.monotonic()
    with pytest.raises(TooLong):
        await pair.run("time:sleep", 60, seconds=0.5)
    assert time.monotonic() - start < 30
    assert await pair.run("operator:add", 1, 2, seconds=10) == 3


async def test_a_job_that_eats_memory_or_crashes_does_not_hurt_us(pair):
    with pytest.raises(MemoryError):
        await pair.run("builtins:bytearray", 2 << 30, seconds=10)
    with pytest.raises(Died):
        await pair.run("os:_exit", 3, seconds=10)
    assert await pair.run("operator:add", 1, 2, seconds=10) == 3


async def test_killing_one_job_leaves_the_other_alone(pair):
    slow = asyncio.create_task(pair.run("time:sleep", 1.5, seconds=10))
    with pytest.raises(TooLong):
        await pair.run("time:sleep", 60, seconds=0.5)
    assert await slow is None


async def test_a_worker_without_work_goes_home_and_comes_back():
    single = Workers(count=1, idle=2)
    first = await single.run("os:getpid", seconds=10)
    assert await single.run("os:getpid", seconds=10) == first
    [worker] = single._hired
    async with asyncio.timeout(60):
        while worker._awake():
            await asyncio.sleep(0.05)
    assert await single.run("os:getpid", seconds=10) != first
    await single.shutdown()
    assert await single.run("operator:add", 2, 2, seconds=10) == 4, "it starts anew after a shutdown"
    await single.shutdown()


async def test_a_worker_reaches_no_network_and_starts_no_program(pair):
    with pytest.raises(PermissionError):
        await pair.run("socket:create_connection", ("127.0.0.1", 9), seconds=10)
    with pytest.raises(PermissionError):
        await pair.run("subprocess:run", ["true"], seconds=10)
