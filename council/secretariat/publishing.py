"""An agreement in effect on the notice board, with the names of people masked."""

from __future__ import annotations

from council.neighbourhood.people import Person
from council.partnership import publiccopies
from council.partnership.agreements import Agreement
from council.refusals import Conflict
from council.secretariat import postings
from council.secretariat.postings import Posting


async def posting_of(agreement: Agreement) -> Posting | None:
    """Where it hangs or hung, if it ever did."""
    return await Posting.filter(subject="Agreement", subject_id=agreement.id).order_by("-id").first()


async def post(agreement: Agreement, origin: str, contact: str, *, by: Person) -> Posting:
    """Hang up the public copy from today on. `NotFound` before it has taken effect, and for ever between neighbours."""
    body = await publiccopies.wording(agreement, origin)
    if await posting_of(agreement):
        raise Conflict("It hangs on the notice board already.")
    return await postings.post(agreement, agreement.title, body, await agreement.place, by=by, contact=contact)
