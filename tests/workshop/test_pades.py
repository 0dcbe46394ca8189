import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from council import i18n
from council.workshop import authority, pades, pdf, workers
from council.workshop.pades import Kind
from tests.workshop import cast, outside, tampering

EVENING = cast.MORNING + timedelta(hours=10)
# A strange file may be worked at for five seconds, which on a machine with others to serve take as much longer as a worker is patient.
AT_MOST = pades.STRANGER_SECONDS * workers.PATIENCE + 10
LATER = cast.MORNING.replace(year=2036)


async def judged(file, register, *, at=EVENING, **more):
    return await pades.verify(file, register.roots, register.expected(), at=at, **more)


async def signed_at(moment, hands=5):
    register = cast.register(moment)
    file = await cast.frozen()
    for hand in register.hands[:hands]:
        file = await cast.sign(file, hand, register.chain, moment)
    return register, file


async def test_five_signatories_sign_and_the_file_is_valid(register, signed):
    verdict = await judged(signed, register, stored_sha256=sha256(signed).hexdigest())
    assert verdict.kind is Kind.VALID
    assert [found.organisation for found in verdict.signatures] == [who.organisation for who in cast.FIVE]
    assert [found.secretary for found in verdict.signatures] == [who.secretary for who in cast.FIVE]
    assert [found.serial for found in verdict.signatures] == [hand.serial for hand in register.hands]
    assert verdict.signatures[1].signed_at == cast.MORNING + timedelta(minutes=20)
    assert verdict.sha256 == sha256(signed).hexdigest()


def test_pdfsig_agrees_on_five_valid_signatures_and_one_that_covers_everything(tmp_path, register, signed):
    counted = outside.pdfsig(tmp_path, signed, register.root.certificate)
    assert counted == {"signatures": 5, "valid": 5, "trusted": 5, "pades": 5, "whole": 1}


async def test_the_file_tells_a_stranger_without_a_party_list_that_it_is_whole(register, signed):
    verdict = await pades.verify(signed, register.roots, at=EVENING)
    assert verdict.kind is Kind.VALID


async def test_partners_may_sign_in_any_order_after_the_first(register, frozen):
    file = frozen
    for n in (0, 3, 1, 4, 2):
        file = await cast.sign(file, register.hands[n], register.chain)
    assert (await judged(file, register)).valid


@pytest.mark.parametrize("n", [1, 2, 3, 4])
async def test_a_missing_signature_is_named(register, growing, n):
    verdict = await judged(growing[n], register)
    assert verdict.kind is Kind.INCOMPLETE
    assert len(verdict.sentences) == 5 - n
    assert cast.FIVE[4].organisation in str(verdict.sentences[-1])


# What was done, the verdict, and what pdfsig counts: valid signatures, and those covering the whole file.
ATTACKS = [
    (tampering.flipped_in_content, Kind.ALTERED, 0, None),
    (tampering.flipped_in_last_signature, Kind.ALTERED, 4, None),
    (tampering.flipped_in_padding, Kind.ALTERED, 5, None),
    (tampering.page_replaced, Kind.ALTERED, 5, 0),
    (tampering.page_appended, Kind.ALTERED, 5, 0),
    (tampering.note_added, Kind.ALTERED, 5, 0),
    (tampering.title_changed, Kind.ALTERED, 5, 0),
    (tampering.field_added, Kind.ALTERED, 5, 0),
    (tampering.junk_appended, Kind.ALTERED, 5, 0),
    (tampering.last_revision_cut, Kind.INCOMPLETE, 4, 1),
    (tampering.saved_again, Kind.ALTERED, 0, None),
    (tampering.gap_widened, Kind.ALTERED, 4, None),
    (tampering.signature_replayed, Kind.ALTERED, 4, None),
]


@pytest.mark.parametrize(
    ("attack", "kind", "valid", "whole"), ATTACKS, ids=lambda x: getattr(x, "__name__", None)
)
async def test_tampering_is_found(tmp_path, register, signed, attack, kind, valid, whole):
    changed = attack(signed)
    assert changed != signed
    assert (await judged(changed, register)).kind is kind
    assert (await pades.verify(changed, register.roots, at=EVENING)).kind is kind, "without a party list"
    counted = outside.pdfsig(tmp_path, changed, register.root.certificate)
    assert counted["valid"] == valid
    assert whole is None or counted["whole"] == whole


@pytest.mark.parametrize(
    "stray",
    [
        tampering.zeros_appended, tampering.page_of_the_web_appended, tampering.end_marked_again, tampering.mail_in_front,
        tampering.last_bytes_cut,
    ],
)  # fmt: skip
async def test_a_signed_file_with_stray_bytes_is_altered_not_unreadable(register, signed, frozen, stray):
    verdict = await judged(stray(signed), register)
    assert verdict.kind is Kind.ALTERED
    assert cast.FIVE[0].organisation in [each.organisation for each in verdict.signatures]
    assert (await pades.verify(stray(signed), register.roots, at=EVENING)).kind is Kind.ALTERED
    assert (await judged(stray(frozen), register)).kind in (Kind.UNREADABLE, Kind.NOT_OURS), "control: nobody signed this one"


async def test_a_signature_from_another_agreement_does_not_fit(register, signed):
    other = await cast.frozen(replace(cast.PAPER, number="共建〔2026〕第002号"))
    for hand in register.hands:
        other = await cast.sign(other, hand, register.chain)
    assert (await judged(other, register)).valid, "control: the other agreement is sound by itself"
    assert (await judged(tampering.signature_swapped(signed, other), register)).kind is Kind.ALTERED
    verdict = await judged(other, register, stored_sha256=sha256(signed).hexdigest())
    assert verdict.kind is Kind.ALTERED, "a sound file of the same hands is not the one asked about"


async def test_the_right_key_in_the_wrong_place_is_found(register, frozen):
    first, hotel, clinic, *_ = register.hands
    file = await cast.sign(frozen, first, register.chain)
    file = await cast.sign(file, replace(clinic, who=hotel.who), register.chain)
    verdict = await judged(file, register)
    assert verdict.kind is Kind.ALTERED
    assert any("康和医院党支部" in str(said) and "云岭饭店党支部" in str(said) for said in verdict.sentences)


async def test_a_file_signed_under_another_root_is_not_ours(register, frozen):
    stranger, file = await signed_at(cast.MORNING)
    assert (await judged(file, stranger)).valid, "control: under its own root it is valid"
    assert (await judged(file, register)).kind is Kind.NOT_OURS
    unsigned = await judged(frozen, register)
    assert unsigned.kind is Kind.NOT_OURS


async def test_a_foreign_signature_among_ours_is_named(register, growing):
    stranger = cast.register()
    file = await cast.sign(growing[4], stranger.hands[4], stranger.chain)
    verdict = await judged(file, register)
    assert verdict.kind is Kind.ALTERED
    assert cast.FIVE[4].organisation in str(verdict.sentences[0])


async def test_three_verdicts_can_be_told_apart_in_plain_words(register, growing, signed):
    stranger = cast.register()
    said = {}
    for file, who in (
        (signed, stranger),
        (tampering.page_replaced(signed), register),
        (growing[4], register),
    ):
        with i18n.speaking("zh_Hans_CN"):
            said[(await judged(file, who)).kind] = str((await judged(file, who)).sentences[0])
    assert said[Kind.NOT_OURS].startswith("不是本平台签发")
    assert said[Kind.ALTERED].startswith("内容被改动")
    assert said[Kind.INCOMPLETE].startswith("缺少签署方")


async def test_a_certificate_revoked_before_signing_counts_and_one_revoked_later_does_not(register, signed):
    async def with_revocation(issuer, since):
        entry = authority.Revoked(register.hands[1].serial, since)
        return await judged(signed, register, crls=[authority.revocation_list(issuer, [entry], EVENING, 1)])

    before, after = cast.MORNING - timedelta(days=1), cast.MORNING + timedelta(hours=8)
    revoked = await with_revocation(register.issuing, before)
    assert revoked.kind is Kind.REVOKED
    assert cast.FIVE[1].organisation in str(revoked.sentences[0])
    assert (await with_revocation(register.issuing, after)).valid
    assert (await with_revocation(cast.register().issuing, before)).valid, "a stranger's list revokes nothing"


async def test_the_moment_the_journal_recorded_outweighs_the_one_in_the_file(register, signed):
    revoked = authority.Revoked(register.hands[1].serial, cast.MORNING + timedelta(hours=1))
    crl = authority.revocation_list(register.issuing, [revoked], EVENING, 1)
    expected = register.expected()
    assert (await pades.verify(signed, register.roots, expected, at=EVENING, crls=[crl])).valid
    expected[1] = replace(expected[1], signed_at=cast.MORNING + timedelta(hours=2))
    verdict = await pades.verify(signed, register.roots, expected, at=EVENING, crls=[crl])
    assert verdict.kind is Kind.REVOKED


async def test_a_signature_dated_in_the_future_is_not_in_force(register, signed):
    assert (await judged(signed, register, at=cast.MORNING - timedelta(days=2))).kind is Kind.REVOKED


async def test_ten_years_later_the_file_still_verifies(tmp_path, register, signed):
    crl = authority.revocation_list(register.issuing, [], cast.MORNING, 1)
    assert (await judged(signed, register, at=LATER, crls=[crl])).valid
    past = datetime.now(UTC).replace(microsecond=0, day=1) - timedelta(days=3653)
    old, file = await signed_at(past)
    assert (await judged(file, old, at=datetime.now(UTC))).valid
    counted = outside.pdfsig(tmp_path, file, old.root.certificate)
    assert counted == {"signatures": 5, "valid": 5, "trusted": 5, "pades": 5, "whole": 1}


async def test_a_file_verifies_after_its_certificates_have_expired(tmp_path):
    past = datetime.now(UTC).replace(microsecond=0, day=1) - timedelta(days=365 * 16)
    old, file = await signed_at(past)
    assert (await judged(file, old, at=datetime.now(UTC))).valid, "judged at the time of signing"
    counted = outside.pdfsig(tmp_path, file, old.root.certificate)
    assert counted["trusted"] == 0, "control: pdfsig judges today and no longer trusts"


async def test_a_filled_or_unknown_place_cannot_be_signed(register, growing):
    first = register.hands[0]
    with pytest.raises(pades.SigningFault):
        await cast.sign(growing[1], first, register.chain)
    unknown = replace(first, who=replace(first.who, key="nobody"))
    with pytest.raises(pades.SigningFault):
        await cast.sign(growing[1], unknown, register.chain)


async def test_a_file_that_is_no_pdf_gets_an_answer_in_time(register, signed):
    hostile = [
        b"", b"%PDF-1.7", b"hello" * 1000, signed[: len(signed) // 2], signed[:-400],
        b"%PDF-1.7\n" + bytes(1 << 20),
        b"%PDF-1.4\nxref\n0 1\n0000000000 65535 f\ntrailer<</Size 1/Prev 9/Root 1 0 R>>\nstartxref\n9\n%%EOF",
        b"%PDF-1.4\n" + b"[" * 100_000, b"%PDF-1.4\n1 0 obj\n" + b"<</A" * 50_000,
        b"%PDF-1.7\n1 0 obj\n<</Type /X /W [1 1 1] /Size 2 /Length 0>>\nstream\n\nendstream\nendobj\nstartxref\n9\n%%EOF\n",
    ]  # fmt: skip
    for file in hostile:
        start = time.monotonic()
        verdict = await pades.verify(file, register.roots, at=EVENING)
        assert time.monotonic() - start < AT_MOST
        assert verdict.kind in (Kind.UNREADABLE, Kind.NOT_OURS, Kind.ALTERED, Kind.INCOMPLETE)
        assert not verdict.valid
        assert await pades.serials(file) is not None


def _encrypted() -> bytes:
    from io import BytesIO

    from pyhanko.pdf_utils.writer import PdfFileWriter

    writer = PdfFileWriter()
    writer.encrypt("secret")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _inflating(times: int) -> bytes:
    """A few bytes that unpack to hundreds of megabytes, as the table of contents of the file itself."""
    import zlib

    packed = zlib.compress(bytes(times), 9)
    head = b"%PDF-1.7\n"
    table = b"1 0 obj<</Type/XRef/Size 9/W[1 2 1]/Root 2 0 R/Filter/FlateDecode/Length %d>>stream\n" % len(packed)
    return head + table + packed + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF" % len(head)


@pytest.mark.parametrize("name", ["encrypted", "inflating", "huge", "many ends"])
async def test_an_encrypted_huge_or_inflating_file_is_answered_in_five_seconds(register, signed, name):
    file = {
        "encrypted": _encrypted, "inflating": lambda: _inflating(400_000_000), "huge": lambda: signed + bytes(pades.LARGEST),
        "many ends": lambda: b"%PDF-1.7\n" + b"%%EOF\n" * 200_000,
    }[name]()  # fmt: skip
    start = time.monotonic()
    verdict = await pades.verify(file, register.roots, at=EVENING)
    assert time.monotonic() - start < AT_MOST
    assert verdict.kind in (Kind.UNREADABLE, Kind.NOT_OURS)
    assert (await judged(signed, register)).valid, "control: the workers live and judge"


async def test_the_signers_of_an_unknown_file_can_be_looked_up(register, signed, frozen):
    assert await pades.serials(signed) == tuple(hand.serial for hand in register.hands)
    assert await pades.serials(frozen) == ()


async def test_thirty_signatories_verify_in_time():
    sides = tuple(replace(cast.FIVE[1], key=f"n{n}", organisation=f"第{n}党支部") for n in range(30))
    root = authority.root("根", cast.MORNING)
    issuing = authority.issuing(root, "签发", cast.MORNING)
    file = await cast.frozen(replace(cast.PAPER, signatories=sides))
    expected = []
    face = await pdf.render("<style>@page{size:84mm 29mm}</style><p>电子签署")
    for who in sides:
        key = authority.new_key()
        public = authority.public_of(key)
        made = authority.issue(issuing, who.secretary, who.organisation, public, cast.MORNING)
        hand = cast.Hand(who, key, made)
        what = pades.Signing(hand.field, face.pdf, "同意", cast.NUMBER, cast.MORNING)
        file = await pades.sign(file, what, key, made, [issuing.certificate, root.certificate])
        expected.append(pades.Expected(hand.field, hand.serial, who.organisation))
    verdict = await pades.verify(file, [root.certificate], expected, at=EVENING)
    assert verdict.valid


async def test_many_may_verify_at_the_same_time(register, signed):
    verdicts = await asyncio.gather(*(judged(signed, register) for _ in range(4)))
    assert all(each.valid for each in verdicts)
