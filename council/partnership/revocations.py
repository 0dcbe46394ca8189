"""A key that was lost or is in other hands: its owner or the office ends it at once (Electronic Signature Law art. 15).

On a page a key ends now, never earlier: an earlier moment would undo signatures that were given, and whoever regretted one could do that to all
the others. Only the operator dates a revocation back, with `council ca revoke --since`.
"""

from __future__ import annotations

from council.neighbourhood.offices import may, must
from council.neighbourhood.people import Person
from council.neighbourhood.places import Place
from council.partnership import keys
from council.partnership.signatures import SigningKey
from council.refusals import Conflict, NotFound, Refusal


async def place_of(key: SigningKey) -> Place:
    """Whose staff may end it: where the organisation is, or the person who signs alone."""
    await key.fetch_related("organisation__place", "person__place")
    owner = key.organisation or key.person
    place: Place = owner.place
    return place


async def own(by: Person) -> list[SigningKey]:
    """Somebody's keys, the newest first, ended ones too."""
    return await SigningKey.filter(person_id=by.id).select_related("organisation", "person").order_by("-id").limit(50)


async def found(number: int, by: Person) -> SigningKey:
    """One key, for its owner and for the staff of the place."""
    key = await SigningKey.get_or_none(id=number).select_related("organisation", "person")
    if key is None or not await may(by, "key.revoke", key, at=await place_of(key)):
        raise NotFound
    return key


async def revoke(key: SigningKey, why: str, *, by: Person) -> None:
    """From now on it signs nothing; what it signed stays good. A new identity code makes a new key."""
    if not why.strip():
        raise Refusal("Write down the reason.", field="reason")
    await must(by, "key.revoke", key, at=await place_of(key))
    if (await SigningKey.get(id=key.id)).revoked_on is not None:
        raise Conflict("This key has ended already.")
    await keys.revoke(key, why.strip(), by=by)
