from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from council.workshop import authority
from council.workshop.authority import CertificateFault

AT = datetime(2024, 2, 29, 4, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture(scope="module")
def chain():
    root = authority.root("根证书", AT)
    issuing = authority.issuing(root, "签发证书", AT)
    key = authority.new_key()
    unit = authority.issue(issuing, "林晓岚", "柳荫社区党委", authority.public_of(key), AT)
    return root, issuing, unit


def opened(pem):
    return x509.load_pem_x509_certificate(pem)


def test_a_root_lasts_thirty_years_and_a_unit_fifteen_even_from_a_leap_day(chain):
    root, issuing, unit = map(opened, (chain[0].certificate, chain[1].certificate, chain[2]))
    assert root.not_valid_before_utc == AT.replace(microsecond=0)
    assert root.not_valid_after_utc.year == issuing.not_valid_after_utc.year == 2054
    assert (unit.not_valid_after_utc.year, unit.not_valid_after_utc.month, unit.not_valid_after_utc.day) == (
        2039,
        2,
        28,
    )


def test_a_unit_never_outlives_its_issuer(chain):
    late = AT.replace(year=2048)
    public = authority.public_of(authority.new_key())
    unit = opened(authority.issue(chain[1], "林晓岚", "柳荫社区党委", public, late))
    assert unit.not_valid_after_utc == opened(chain[1].certificate).not_valid_after_utc


def test_each_certificate_is_signed_by_the_one_above_and_names_its_holder(chain):
    root, issuing, unit = map(opened, (chain[0].certificate, chain[1].certificate, chain[2]))
    root.verify_directly_issued_by(root)
    issuing.verify_directly_issued_by(root)
    unit.verify_directly_issued_by(issuing)
    assert unit.subject.rfc4514_string() == "CN=林晓岚,O=柳荫社区党委"
    usage = unit.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.content_commitment
    assert not usage.key_cert_sign
    assert not unit.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_an_offline_root_key_opens_only_with_its_passphrase():
    root = authority.root("根证书", AT, b"a long passphrase")
    assert b"ENCRYPTED" in root.key
    with pytest.raises((TypeError, ValueError)):
        authority.issuing(root, "签发", AT)
    with pytest.raises(ValueError):
        authority.issuing(root, "签发", AT, b"another passphrase")
    assert authority.issuing(root, "签发", AT, b"a long passphrase").certificate


def test_a_revocation_list_carries_serial_date_and_number(chain):
    since = AT + timedelta(days=9)
    entry = authority.Revoked(authority.serial(chain[2]), since)
    listed = x509.load_pem_x509_crl(authority.revocation_list(chain[1], [entry], AT + timedelta(days=10), 7))
    assert listed.is_signature_valid(opened(chain[1].certificate).public_key())
    assert not listed.is_signature_valid(opened(chain[0].certificate).public_key())
    found = listed.get_revoked_certificate_by_serial_number(entry.serial)
    assert found.revocation_date_utc == since.replace(microsecond=0)
    assert listed.get_revoked_certificate_by_serial_number(entry.serial + 1) is None
    assert listed.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 7


def test_a_name_too_long_for_a_certificate_is_refused(chain):
    public = authority.public_of(authority.new_key())
    assert authority.issue(chain[1], "古丽巴哈尔·买买提", "委" * 64, public, AT)
    with pytest.raises(CertificateFault):
        authority.issue(chain[1], "林" * 22, "柳荫社区党委", public, AT)
    with pytest.raises(CertificateFault):
        authority.issue(chain[1], "林晓岚", "委" * 65, public, AT)


def test_numbers_are_short_enough_to_compare_aloud(chain):
    assert authority.short_number(0x1234ABCD5678) == "ABCD-5678"
    assert authority.short_number(5) == "0000-0005"
    print_ = authority.fingerprint(chain[0].certificate)
    assert len(print_.split(":")) == 32
