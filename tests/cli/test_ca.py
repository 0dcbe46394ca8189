"""`council ca` as an operator runs it: init, issue, revoke, crl, in real processes on a folder of its own."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec


def test_the_register_is_founded_issues_and_lists_revocations(council, tmp_path):
    council.found()
    first, again = council("ca", "init"), council("ca", "init")
    assert first.returncode == 0
    assert first.stdout.splitlines()[1] == again.stdout.splitlines()[1], "founded once"
    assert "root.key" in first.stdout
    public = tmp_path / "unit.pem"
    public.write_bytes(ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ))  # fmt: skip
    issued = council("ca", "issue", str(public), "--secretary", "韩雪", "--organisation", "和平宾馆党支部")
    made = x509.load_pem_x509_certificate(issued.stdout.encode())
    assert "韩雪" in made.subject.rfc4514_string()
    assert 14 <= (made.not_valid_after_utc - made.not_valid_before_utc).days / 365 <= 16
    assert council("ca", "revoke", "0000-0000", "--why", "x").returncode == 2, "an unknown number revokes nothing"
    listed = x509.load_pem_x509_crl(council("ca", "crl").stdout.encode())
    assert listed.issuer == made.issuer
    assert len(list(listed)) == 0
