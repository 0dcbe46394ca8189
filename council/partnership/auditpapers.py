"""The audit page as a paper of its own: never part of the signed file, printed when it is asked for, with what holds at that moment.

The platform signs it with a certificate of the same register, so that whoever holds it can have it checked like an agreement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from council import clock, markup
from council.i18n import DEFAULT, speaking
from council.i18n import gettext as _
from council.partnership import audit, certificates, verification
from council.partnership.agreements import Agreement
from council.partnership.audit import Known, Line
from council.partnership.signatures import Revision, head
from council.partnership.verification import AUDIT as FIELD
from council.workshop import authority, pades, pdf
from council.workshop.pades import Verdict
from council.workshop.pdf import Rendered

BOX = "sig-platform"


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
        authority.fingerprint(root) if root else "", f"{origin}/verify/{agreement.public_code}", clock.now().replace(microsecond=0), place.demo,
    )  # fmt: skip


@dataclass(frozen=True)
class OwnMark:
    """The face of the platform's signature under a paper it printed."""

    organisation: str
    made_at: datetime
    certificate: str
    demo: bool


async def file(agreement: Agreement, origin: str) -> bytes:
    """The audit page as a PDF, in Chinese, signed by the platform."""
    own = await certificates.platform()  # before the page names its moment: the certificate must have been in force then
    ready = await paper(agreement, origin)
    with speaking(DEFAULT):
        html = markup.render("papers/audit.html", paper=ready)
    return await _signed(await pdf.render(html), ready, own)


async def _signed(made: Rendered, ready: AuditPaper, own: authority.Pair) -> bytes:
    field, place = f"{FIELD}{ready.agreement.public_code}", await ready.agreement.place
    number = authority.short_number(authority.serial(own.certificate))
    with speaking(DEFAULT):
        face = markup.render("papers/platform.html", mark=OwnMark(place.name, ready.made_at, number, ready.demo))
        reason, label = _("Printed by the platform, and unchanged since."), _("Signature of the platform")
    shown = (await pdf.render(face)).pdf
    blank = await pades.prepare_fields(made.pdf, [pades.Field(field, made.boxes[BOX], label)])
    what = pades.Signing(field, shown, reason, ready.number, ready.made_at)
    return await pades.sign(blank, what, own.key, own.certificate, (await certificates.register()).chain)
