"""Keys that are not here: born in the signer's browser, or in the unit's own certificate file."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from council import clock
from council.partnership import certificates, devices, files, keys, ownfiles, signing, verification
from council.partnership.signatures import Preparation, SigningKey, head, key_of
from council.refusals import Conflict, Forbidden, Refusal
from council.settings import settings
from council.workshop import authority
from council.workshop.pades import Kind, SigningFault
from tests.five import PIN, equip, place_of, sign_all
from tests.workshop import outside

WORD = "danwei-mima"


class Browser:
    """A phone's browser with its key, as WebCrypto answers."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        spki = self.key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        self.public = b64encode(spki).decode()

    def signs(self, data: bytes) -> str:
        r, s = decode_dss_signature(self.key.sign(data, ec.ECDSA(hashes.SHA256())))
        return b64encode(r.to_bytes(32) + s.to_bytes(32)).decode()

    async def register(self, place, vouching, by=None) -> SigningKey:
        code = await keys.make_code(place, "known", by=vouching)
        return await devices.register(place, code, self.public, self.signs(devices.challenge(place, self.public)), by=by or place.signer)


def certificate_file(name="韩雪", unit="和平宾馆", *, usage=True, kind="rsa", days=365, password=WORD) -> bytes:
    """What a unit got from somewhere: PKCS#12 with key and certificate under a foreign issuer."""
    key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    issuer_key = ec.generate_private_key(ec.SECP256R1())
    now = clock.now().replace(microsecond=0)
    subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, unit), x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "某电子认证机构")])
    draft = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    draft = draft.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=30)).not_valid_after(now + timedelta(days=days))
    others = "key_encipherment data_encipherment key_agreement key_cert_sign crl_sign encipher_only decipher_only"
    flags = dict.fromkeys(others.split(), False)
    draft = draft.add_extension(x509.KeyUsage(digital_signature=True, content_commitment=usage, **flags), critical=True)
    made = draft.sign(issuer_key, hashes.SHA256())
    return pkcs12.serialize_key_and_certificates(b"unit", key, made, None, serialization.BestAvailableEncryption(password.encode()))


async def valid(agreement) -> tuple[Kind, bytes]:
    data = await files.read((await head(agreement)).file)
    return (await verification.check_file(data)).kind, data


async def test_the_browser_signs_and_pdfsig_agrees(made, agreement, world, tmp_path):
    place, phone = await place_of(agreement, made.signers[0]), Browser()
    key = await phone.register(place, world.deputy)
    assert (key.custody, key.wrapped) == ("A", {})
    waiting = await devices.prepare(place, signing.Hand(typed=place.signer.name), by=place.signer)
    await devices.sign(place, waiting.id, phone.signs(waiting.attributes), by=place.signer)
    assert not await Preparation.exists()
    await sign_rest(made, agreement)
    kind, data = await valid(agreement)
    assert kind is Kind.VALID
    assert outside.pdfsig(tmp_path, data, certificates.root()) == {"signatures": 5, "valid": 5, "trusted": 5, "pades": 5, "whole": 1}


async def sign_rest(made, agreement, but=(0,)):
    for n, person in enumerate(made.signers):
        if n not in but:
            place = await place_of(agreement, person)
            await equip(place, made.world.deputy)
            await signing.sign(place, signing.Hand(typed=person.name), PIN, by=person)


async def test_a_browser_without_the_key_or_too_late_or_overtaken_signs_nothing(made, agreement, world, monkeypatch):
    await sign_all(made, agreement, 1)
    place, phone, thief = await place_of(agreement, made.signers[1]), Browser(), Browser()
    await phone.register(place, world.deputy)
    hand = signing.Hand(typed=place.signer.name)
    waiting = await devices.prepare(place, hand, by=place.signer)
    with pytest.raises(SigningFault):
        await devices.sign(place, waiting.id, thief.signs(waiting.attributes), by=place.signer)
    with pytest.raises(Forbidden):
        await devices.sign(place, waiting.id, phone.signs(waiting.attributes), by=world.clerk)
    with pytest.raises(Refusal):
        await signing.sign(place, hand, PIN, by=place.signer)
    other = await place_of(agreement, made.signers[2])
    await equip(other, world.deputy)
    await signing.sign(other, signing.Hand(typed=other.signer.name), PIN, by=other.signer)
    with pytest.raises(Conflict):
        await devices.sign(place, waiting.id, phone.signs(waiting.attributes), by=place.signer)
    fresh = await devices.prepare(place, hand, by=place.signer)
    began = clock.now()
    monkeypatch.setattr(clock, "now", lambda: began + timedelta(minutes=11))
    with pytest.raises(Conflict):
        await devices.sign(place, fresh.id, phone.signs(fresh.attributes), by=place.signer)
    monkeypatch.undo()
    await devices.sign(place, fresh.id, phone.signs(fresh.attributes), by=place.signer)


async def test_a_key_is_registered_only_by_the_browser_that_holds_it(made, agreement, world):
    place, phone, thief = await place_of(agreement, made.signers[0]), Browser(), Browser()
    code = await keys.make_code(place, "known", by=world.deputy)
    said = devices.challenge(place, phone.public)
    right = phone.signs(said)
    for public, proof in ((phone.public, thief.signs(said)), (phone.public, ""), ("AAAA", right), ("?", "?"), (thief.public, right)):
        with pytest.raises(Refusal):
            await devices.register(place, code, public, proof, by=place.signer)
    assert await key_of(place) is None
    assert (await keys.open_code(place)).tries == 0, "a faulty browser costs no try of the code"
    await devices.register(place, code, phone.public, phone.signs(said), by=place.signer)


@pytest.mark.parametrize("kind", ["rsa", "ec"])
async def test_the_units_own_certificate_signs_is_recognised_and_not_kept(made, agreement, world, kind):
    await sign_all(made, agreement, 1)
    place, file = await place_of(agreement, made.signers[1]), certificate_file(kind=kind)
    code = await keys.make_code(place, "document", by=world.deputy)
    key = await ownfiles.register(place, code, file, WORD, by=place.signer)
    assert (key.custody, key.wrapped) == ("C", {})
    hand = signing.Hand(typed=place.signer.name)
    for wrong, word in ((file, "falsch"), (certificate_file(kind=kind), WORD), (b"no file", WORD)):
        with pytest.raises(Refusal):
            await ownfiles.sign(place, hand, wrong, word, by=place.signer)
    await ownfiles.sign(place, hand, file, WORD, by=place.signer)
    await sign_rest(made, agreement, (0, 1))
    kind_, _data = await valid(agreement)
    assert kind_ is Kind.VALID
    private = authority.open_file(file, WORD, clock.now()).key
    everything = [path.read_bytes() for path in settings().media.rglob("*") if path.is_file()] + [repr(await SigningKey.all().values()).encode()]
    assert not any(private[40:] in each for each in everything)
    await keys.revoke(key, "verloren", by=None, since=clock.now() - timedelta(hours=1))
    assert (await valid(agreement))[0] is Kind.REVOKED


async def test_a_certificate_that_cannot_sign_documents_is_refused(made, agreement, world):
    place = await place_of(agreement, made.signers[1])
    code = await keys.make_code(place, "document", by=world.deputy)
    for file, word in ((certificate_file(usage=False), WORD), (certificate_file(days=-1), WORD), (certificate_file(), "x"), (b"\0" * 60_000, "")):
        with pytest.raises(Refusal):
            await ownfiles.register(place, code, file, word, by=place.signer)
    assert await key_of(place) is None
    await ownfiles.register(place, code, certificate_file(), WORD, by=place.signer)
