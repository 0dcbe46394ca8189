"""The register of certificates in the hands of an operator: a key is revoked by the number on the mark, the root key leaves the server."""

from __future__ import annotations

import pytest
from cryptography import x509

from council import clock
from council.cli import health
from council.neighbourhood.journal import Entry
from council.partnership import certificates, keys, signing
from council.partnership.signatures import SigningKey, key_of
from council.refusals import Refusal
from council.secretariat import partners
from council.secretariat.inbox import Notice
from council.settings import settings
from council.workshop import authority
from tests.five import PIN, equip, place_of


@pytest.fixture
async def place(made, agreement):
    """The committee's place, with a key."""
    found = await place_of(agreement, made.signers[0])
    await equip(found, made.world.deputy)
    return found


async def test_a_key_is_revoked_by_the_number_people_compare_and_signs_nothing_more(place, made):
    key = await key_of(place)
    short = authority.short_number(int(key.serial))
    assert [each.id for each in await keys.with_number(short.lower())] == [key.id]
    assert [each.id for each in await keys.with_number(key.serial)] == [key.id]
    assert not await keys.with_number(short[:4]), "half a number names nobody's key"
    await keys.revoke(key, "手机丢了", by=None)
    assert not await keys.with_number(short)
    [listed] = x509.load_pem_x509_crl(await certificates.revocation_list())
    since = (await SigningKey.get(id=key.id)).revoked_on
    assert (listed.serial_number, listed.revocation_date_utc) == (int(key.serial), since.replace(microsecond=0))
    with pytest.raises(Refusal):
        await signing.sign(place, signing.Hand(typed=place.signer.name), PIN, by=place.signer)


async def test_without_the_root_key_everything_goes_on_and_the_doctor_asks_for_its_removal(place, made):
    key = settings().authority / certificates.ROOT_KEY
    assert (health.root_key().state, str(key) in health.root_key().mend) == ("note", True)
    kept = key.rename(settings().data / "taken-away.key")
    try:
        assert health.root_key().state == "ok"
        await equip(place, made.world.deputy, "739164")
        assert (await SigningKey.all().count(), (await key_of(place)).good_at(clock.now())) == (2, True)
        assert b"X509 CRL" in await certificates.revocation_list()
    finally:
        kept.rename(key)


async def heard(act: str) -> dict[str, str]:
    [entry] = await Entry.filter(act=act)
    await partners.hear(entry)
    return {row.person.name: row.link for row in await Notice.all().select_related("person")}


async def test_a_lost_phone_ends_a_key_at_once_by_its_owner_or_the_office_and_everybody_signing_hears_it(place, made, world, browser_of):
    key = await key_of(place)
    for person in (None, world.resident, world.hotel_secretary, world.beside_secretary):
        browser = await browser_of(person)
        assert person is None or (await browser.get(f"/signing-keys/{key.id}")).status_code == 404
        await browser.post(f"/signing-keys/{key.id}/revocation", data={"reason": "不是我的"})
    assert await key_of(place), "nobody else ends it"
    owner, clerk = await browser_of(place.signer), await browser_of(world.clerk)
    number = authority.short_number(int(key.serial))
    assert number in (await owner.get("/signing-keys")).text
    assert f"/signing-keys/{key.id}" in (await clerk.get(f"/agreements/{place.agreement_id}/audit")).text, "the office finds it on the audit page"
    assert (await clerk.get(f"/signing-keys/{key.id}")).status_code == 200
    assert (await owner.post(f"/signing-keys/{key.id}/revocation", data={"reason": ""})).status_code == 422
    page = await owner.post(f"/signing-keys/{key.id}/revocation", data={"reason": "手机丢了"})
    assert "手机丢了" in page.text
    assert await key_of(place) is None
    assert (await clerk.post(f"/signing-keys/{key.id}/revocation", data={"reason": "再来一次"})).status_code == 409
    told = await heard("key.revoked")
    assert set(told) == {*(each.name for each in made.signers[1:]), world.clerk.name}, "every party to what is being signed, and whoever drafted it"
    assert set(told.values()) == {"/agreements"}
