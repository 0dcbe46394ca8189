"""The demonstration holds an agreement in effect that everybody can open, check and read on the notice board."""

from __future__ import annotations

import pytest

from council.neighbourhood.journal import writing
from council.neighbourhood.people import Person
from council.neighbourhood.places import Place
from council.partnership import verification
from council.partnership.agreements import Agreement
from council.partnership.signatures import SigningKey, head
from council.secretariat import demo_agreement, publishing
from council.secretariat.jobs import Job

HERE = {"origin": "http://127.0.0.1:8000"}


@pytest.fixture
async def demonstration(world):
    """The cast of the tests has the names of the demonstration's."""
    async with writing():
        await Place.all().update(demo=True)
        await Person.all().update(demo=True)
    return world


async def test_after_a_break_it_goes_on_where_it_stopped_and_the_finished_file_is_valid(demonstration, monkeypatch):
    whole, signed = demo_agreement._signed, []

    async def once(place):
        if signed:
            raise ConnectionError("the machine went off")
        signed.append(place)
        await whole(place)

    monkeypatch.setattr(demo_agreement, "_signed", once)
    with pytest.raises(ConnectionError):
        await demo_agreement.sign(HERE)
    monkeypatch.setattr(demo_agreement, "_signed", whole)
    await demo_agreement.sign(HERE)
    await demo_agreement.sign(HERE)
    [agreement] = await Agreement.filter(title=demo_agreement.TITLE).select_related("place")
    newest = await head(agreement)
    assert agreement.stage == "effective"
    assert (newest.n, (await verification.judge(agreement, newest)).kind) == (3, "valid")
    assert len({key.serial for key in await SigningKey.all()}) == 3
    posting = await publishing.posting_of(agreement)
    assert "沈*" not in posting.body
    assert "顾晴" not in posting.body
    assert not await SigningKey.filter(person_id=demonstration.secretary.id).exists(), "a visitor who is the secretary begins without a key"


async def test_it_is_asked_for_once(database):
    await demo_agreement.later(HERE["origin"])
    await demo_agreement.later(HERE["origin"])
    assert await Job.filter(kind="demo.agreement").count() == 1
