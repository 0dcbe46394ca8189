"""The audit page as a paper of its own: never part of the signed file, printed when it is asked for, with what holds at that moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from council import clock, markup
from council.i18n import DEFAULT, speaking
from council.partnership import audit, certificates, verification
from council.partnership.agreements import Agreement
from council.partnership.audit import Known, Line
from council.partnership.signatures import Revision, head
from council.workshop import authority, pdf
from council.workshop.pades import Verdict


@dataclass(frozen=True)
class AuditPaper:
    """Everything on the audit page of one agreement, as of `made_at`; `root` is the fingerprint of the root certificate, "" before there is one."""

    agreement: Agreement
    people: Sequence[Known]
    entries: Sequence[Line]
    files: Sequence[Revision]
    verdict: Verdict | None
    root: str
    check_address: str
    made_at: datetime
    demo: bool
    watermark: str = ""

    @property
    def number(self) -> str:
        return self.agreement.number


async def paper(agreement: Agreement, origin: str) -> AuditPaper:
    newest, root, place = await head(agreement), certificates.root(), await agreement.place
    verdict = await verification.judge(agreement, newest) if newest else None
    return AuditPaper(
        agreement, await audit.signatories(agreement), await audit.entries(agreement), await audit.chain(agreement), verdict,
        authority.fingerprint(root) if root else "", f"{origin}/verify/{agreement.public_code}", clock.now(), place.demo,
    )  # fmt: skip


async def file(agreement: Agreement, origin: str) -> bytes:
    """The audit page as a PDF, in Chinese."""
    ready = await paper(agreement, origin)
    with speaking(DEFAULT):
        html = markup.render("papers/audit.html", paper=ready)
    return (await pdf.render(html)).pdf
