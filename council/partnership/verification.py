"""Checking: which agreement a file or a code belongs to, and whether it is complete and unchanged."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256

from council import clock
from council.i18n import Phrase
from council.partnership import certificates, files, papercopies, texts
from council.partnership.agreements import PUBLIC, Agreement, Signatory
from council.partnership.signatures import Revision, SigningKey, head
from council.refusals import NotFound, Refusal
from council.rules import numbering
from council.workshop import pades
from council.workshop.pades import Expected, Kind, Verdict

AUDIT = "audit-"  # how the field begins in which the platform signs an audit page; the agreement's code follows
LARGEST = 5_000_000  # bytes of a file somebody brings
NUMBER = re.compile(r"[^\dA-Za-z]*(\d{4})[^\dA-Za-z]+0*(\d{1,6})[^\dA-Za-z]*")
_known: OrderedDict[tuple[str, int, str], Verdict] = OrderedDict()


@dataclass(frozen=True)
class Finding:
    """A verdict, and the agreement it is about where one was recognised. `own_paper`: not the agreement itself but its audit page."""

    verdict: Verdict
    agreement: Agreement | None = None
    own_paper: bool = False

    @property
    def kind(self) -> Kind:
        return self.verdict.kind


async def _expected(agreement: Agreement) -> list[Expected]:
    """Who must have signed, each with the certificate the register recorded; 0 where nobody has yet."""
    rows = await agreement.signatories()
    ended = {key.serial: key.revoked_on for key in await _own_files(rows)}
    return [
        Expected(
            f"sig-{texts.field_name(agreement, row.order)}", int(row.serial or 0), row.name, row.signed_at, ended.get(row.serial)
        )
        for row in rows
    ]


async def _own_files(rows: list[Signatory]) -> list[SigningKey]:
    """Certificates of the units' own that were recorded here with an identity check: trusted as they are, under no root of ours."""
    return await SigningKey.filter(custody="C", serial__in=[row.serial for row in rows if row.serial])


async def _roots(agreement: Agreement) -> tuple[bytes, ...]:
    root, own = certificates.root(), await _own_files(await agreement.signatories())
    return (*((root,) if root else ()), *(key.certificate.encode() for key in own))


async def _on_paper(data: bytes, agreement: Agreement, digest: str) -> Verdict:
    """What can be said of a text signed by hand: who compared the paper with it, and what the keys say of those who had signed with one before."""
    copy, keyed = await papercopies.of(agreement), [each for each in await _expected(agreement) if each.serial]
    entered, confirmed = (copy.entered_by.name, copy.confirmed_by.name) if copy and copy.confirmed_by else ("—", "—")
    if not keyed:
        said = Phrase(
            "This is the text that was signed and sealed by hand on paper. %(entered)s scanned the paper, %(confirmed)s compared it. "
            "There is no electronic signature to check; the paper is the original.", entered=entered, confirmed=confirmed,
        )  # fmt: skip
        return Verdict(Kind.ON_PAPER, (said,), (), digest)
    found = await _signed(data, agreement, digest)
    if found.kind not in (Kind.INCOMPLETE, Kind.VALID):
        return found
    said = Phrase(
        "%(n)s signatories signed this text electronically, the others by hand on paper. %(entered)s scanned the paper, %(confirmed)s compared it; "
        "for them the paper is the original.", n=len(keyed), entered=entered, confirmed=confirmed,
    )  # fmt: skip
    return Verdict(Kind.ON_PAPER, (said,), found.signatures, digest)


async def _judge(data: bytes, agreement: Agreement, stored: str | None) -> Verdict:
    if agreement.level == "paper" and sha256(data).hexdigest() == stored:
        return await _on_paper(data, agreement, stored)
    return await _signed(data, agreement, stored)


async def _signed(data: bytes, agreement: Agreement, stored: str | None) -> Verdict:
    root = certificates.root()
    return await pades.verify(
        data, await _roots(agreement), await _expected(agreement), stored_sha256=stored, at=clock.now(),
        crls=(await certificates.revocation_list(),) if root else (),
    )  # fmt: skip


async def judge(agreement: Agreement, revision: Revision) -> Verdict:
    """The verdict on our own file as it lies in the archive, remembered by its digest and the number of revocations."""
    data = await files.read(revision.file)
    key = sha256(data).hexdigest(), await SigningKey.filter(revoked_on__isnull=False).count(), agreement.level
    if key not in _known:
        _known[key] = await _judge(data, agreement, revision.digest)
        if len(_known) > 200:
            _known.popitem(last=False)
    return _known[key]


def _code(typed: str) -> str:
    """The code in an address; what cannot be one leads nowhere."""
    try:
        return numbering.read_code(typed)
    except Refusal:
        raise NotFound from None


async def check_code(typed: str) -> tuple[Agreement, Revision, Verdict]:
    """What the code on a paper leads to. `NotFound` for an unknown code and for an agreement not yet being signed."""
    agreement = await Agreement.get_or_none(public_code=_code(typed)).select_related("place")
    revision = await head(agreement) if agreement else None
    if agreement is None or revision is None or agreement.stage in ("frozen", "cancelled"):
        raise NotFound
    return agreement, revision, await judge(agreement, revision)


async def check_file(data: bytes) -> Finding:
    """The verdict on a file somebody brings; it is never stored."""
    if len(data) > LARGEST:
        raise Refusal(
            "This file is too large. It may have %(mb)s MB.",
            mb=LARGEST // 1_000_000,
            status=413,
            field="file",
        )
    revision = await Revision.filter(digest=sha256(data).hexdigest()).select_related("agreement__place").first()
    agreement = revision.agreement if revision else None
    if agreement is None:
        root = certificates.root()
        verdict = await pades.verify(data, (root,) if root else (), at=clock.now())
        if own := await _own_paper(verdict):
            return own
        agreement = await _recognised(verdict)
        if agreement is None:
            return Finding(_not_ours(verdict))
    newest = await head(agreement)
    verdict = await _judge(data, agreement, newest.digest if newest else None)
    return Finding(verdict, agreement)


async def _own_paper(verdict: Verdict) -> Finding | None:
    """An audit page that the platform printed and signed: good, or what was changed in it."""
    [only] = verdict.signatures if len(verdict.signatures) == 1 else [None]
    if only is None or not only.field.startswith(AUDIT) or only.serial != certificates.platform_serial():
        return None
    if not verdict.valid:
        return Finding(verdict, None, own_paper=True)
    said = Phrase(
        "This audit page was printed by the platform on %(moment)s and is unchanged. It is not the agreement itself.", moment=only.signed_at
    )  # fmt: skip
    agreement = await Agreement.get_or_none(public_code=only.field.removeprefix(AUDIT)).select_related("place")
    return Finding(Verdict(Kind.VALID, (said,), verdict.signatures, verdict.sha256), agreement, own_paper=True)


def _not_ours(verdict: Verdict) -> Verdict:
    """A file of no agreement kept here is at best a stranger's, however sound it looks."""
    if verdict.kind in (Kind.UNREADABLE, Kind.NOT_OURS, Kind.ALTERED):
        return verdict
    said = Phrase("No agreement of this platform belongs to this file.")
    return Verdict(Kind.NOT_OURS, (said,), verdict.signatures, verdict.sha256)


async def _recognised(verdict: Verdict) -> Agreement | None:
    """By the names of its fields, which carry the agreement's code; else by the certificates in it."""
    named = {found.field.removeprefix("sig-").rpartition("-")[0] for found in verdict.signatures}
    codes = [code for code in named if len(code) <= 16]  # as the column holds
    agreement = await Agreement.filter(public_code__in=codes).select_related("place").first()
    if agreement is None:
        serials = [str(found.serial) for found in verdict.signatures if found.ours]
        row = await Signatory.filter(serial__in=serials).select_related("agreement__place").first() if serials else None
        agreement = row.agreement if row else None
    return agreement


async def look_up(typed: str) -> list[Agreement]:
    """The agreements meant by a number such as 共建〔2026〕第001号 (only those that took effect) or by the code on the paper."""
    if found := NUMBER.fullmatch(typed.strip()):
        number = numbering.agreement_number(int(found[1]), int(found[2]))
        return await Agreement.filter(number=number, stage__in=PUBLIC).select_related("place").order_by("id")
    code = numbering.read_code(typed)
    return await Agreement.filter(public_code=code).exclude(stage__in=("draft", "review", "frozen", "cancelled")).select_related("place")


async def faults() -> list[tuple[str, str]]:
    """(name of the file, what is wrong) for every file in the archive that is not what was recorded: the whole archive is read."""
    found: list[tuple[str, str]] = []
    for revision in await Revision.all().select_related("agreement__place").order_by("id"):
        name = f"{revision.agreement.number} v{revision.version}.{revision.n}"
        if wrong := await _fault(revision):
            found.append((name, wrong))
    return found


async def _fault(revision: Revision) -> str:
    try:
        data = await files.read(revision.file)
    except Refusal as missing:
        return str(missing)
    if sha256(data).hexdigest() != revision.digest:
        return f"sha256 {sha256(data).hexdigest()} != {revision.digest}"
    agreement = revision.agreement
    newest = await head(agreement)
    if agreement.stage in PUBLIC and newest and newest.id == revision.id:
        verdict = await _judge(data, agreement, revision.digest)
        return "" if verdict.kind in (Kind.VALID, Kind.ON_PAPER) else "; ".join(map(str, verdict.sentences))
    return ""
