"""Who is told what about an agreement: heard from the journal after the commit, told through the inbox."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from council.i18n import Phrase
from council.neighbourhood.journal import Entry, writing
from council.neighbourhood.people import Person
from council.partnership import bundles, keys, sittings
from council.partnership.agreements import Agreement, ChangeRequest, Signatory
from council.partnership.leaving import Leaving
from council.partnership.signatures import SigningKey
from council.secretariat import inbox
from council.secretariat.inbox import Notice

MANY = "/agreements?stage=review"


async def _tell(agreement: Agreement, people: list[Person], said: Phrase, **values: str) -> None:
    """Each of them once, in one transaction."""
    phrase = Phrase(said.message, **(said.values | {"title": agreement.title} | values))
    async with writing():
        for person in {each.id: each for each in people}.values():
            await inbox.tell(person, phrase, link=f"/agreements/{agreement.id}", subject=agreement)


async def _ask(agreement: Agreement, people: list[Person], said: Phrase) -> None:
    """Ask for signatures. Whoever signs many is asked once for all of them, and again only after having read that."""
    for person in {each.id: each for each in people}.values():
        count = await sittings.waiting(person)
        if count < 2:
            await _tell(agreement, [person], said)
        else:
            await _once(person, Phrase("Several agreements wait for your signature: sign them one after the other."), "/sitting")


async def _once(person: Person, said: Phrase, link: str) -> None:
    """Tell it unless the same still lies unread. The person's row is held meanwhile: two acts at the same moment tell it once."""
    async with writing():
        await Person.filter(id=person.id).select_for_update().only("id").get()
        if not await Notice.exists(person_id=person.id, link=link, read_at=None):
            await inbox.tell(person, said, link=link)


async def _everybody(agreement: Agreement) -> list[Person]:
    return [each.signer for each in await agreement.signatories()] + [await agreement.drafted_by]


async def _about(entry: Entry) -> Signatory | None:
    """The signatory an entry is about."""
    number = entry.numbers.get("signatory")
    return await Signatory.get_or_none(id=number).select_related("organisation", "signer") if number else None


async def _laid_open(agreement: Agreement, entry: Entry) -> None:
    people = [each.signer for each in await agreement.signatories()]
    if await bundles.bundled(agreement):
        people = await _told_together(people)
    await _tell(agreement, people, Phrase("Please read the text of “%(title)s” and say whether it should be different."))


async def _told_together(people: list[Person]) -> list[Person]:
    """甲方 is party to every agreement of a sheet: it is told once of all of them. Who remains to be told of the one."""
    await _once(people[0], Phrase("Please read the texts of several agreements and say whether one should be different."), MANY)
    return people[1:]


async def _sent(agreement: Agreement, entry: Entry) -> None:
    first = (await agreement.signatories())[0]
    await _ask(agreement, [first.signer], Phrase("“%(title)s” waits for your signature."))


async def _signed(agreement: Agreement, entry: Entry) -> None:
    """After 甲方 it is the turn of all partners."""
    signatory = await _about(entry)
    if signatory is not None and signatory.order == 0:
        partners = [each.signer for each in await agreement.signatories() if each.stage != "signed"]
        await _ask(agreement, partners, Phrase("“%(title)s” waits for your signature."))


async def _reminded(agreement: Agreement, entry: Entry) -> None:
    """Only whoever has not signed; the day for signing stands in the reminder where there is one."""
    signatory = await _about(entry)
    if signatory is None:
        return
    said = Phrase("“%(title)s” still waits for your signature.")
    if agreement.sign_by:
        said = Phrase("“%(title)s” still waits for your signature, until %(day)s.", day=agreement.sign_by)
    await _ask(agreement, [signatory.signer], said)


async def _delegated(agreement: Agreement, entry: Entry) -> None:
    signatory = await _about(entry)
    if signatory is None:
        return
    said = Phrase("%(person)s signs “%(title)s” for %(name)s from now on.", person=signatory.signer.name, name=signatory.name)
    await _tell(agreement, await _everybody(agreement), said)


async def _lapsed(agreement: Agreement, entry: Entry) -> None:
    message = Phrase("The day for signing “%(title)s” has passed and it is not in force. The community can open it again as a new version.")
    await _tell(agreement, await _everybody(agreement), message)


async def _over(agreement: Agreement, entry: Entry) -> None:
    await _tell(agreement, await _everybody(agreement), Phrase("The last day of “%(title)s” is over."))


async def _notice_given(agreement: Agreement, entry: Entry) -> None:
    made, signatory = await Leaving.get_or_none(id=entry.numbers.get("leaves", 0)), await _about(entry)
    if made is not None and signatory is not None:
        said = Phrase("%(name)s leaves “%(title)s” after %(day)s; the reason stands there.", name=signatory.name, day=made.leaves_on)
        await _tell(agreement, await _everybody(agreement), said)


async def _notice_taken_back(agreement: Agreement, entry: Entry) -> None:
    signatory = await _about(entry)
    name = signatory.name if signatory else ""
    await _tell(agreement, await _everybody(agreement), Phrase("%(name)s stays in “%(title)s” after all."), name=name)


async def _left(agreement: Agreement, entry: Entry) -> None:
    signatory = await _about(entry)
    name = signatory.name if signatory else ""
    await _tell(agreement, await _everybody(agreement), Phrase("%(name)s has left “%(title)s”."), name=name)


async def _answered(agreement: Agreement, entry: Entry) -> None:
    asked = await ChangeRequest.get_or_none(id=entry.numbers.get("request", 0)).select_related("signatory__signer")
    if asked is not None and asked.signatory is not None:
        await _tell(agreement, [asked.signatory.signer], Phrase("Your request about “%(title)s” has been answered."))


async def _key_made(entry: Entry) -> None:
    """Every party hears that somebody can sign now and who vouched: a key made by an impostor would be noticed."""
    signatory = await Signatory.get_or_none(id=entry.numbers.get("signatory", 0)).select_related("organisation", "signer", "agreement")
    officer = await Person.get_or_none(id=entry.numbers.get("identified_by", 0))
    if signatory is None:
        return
    said = Phrase(
        "%(person)s has made a signing key for %(name)s (“%(title)s”); the identity was checked by %(officer)s. "
        "If this is wrong, tell the community office at once.",
        person=signatory.signer.name, name=signatory.name, officer=officer.name if officer else "—",
    )  # fmt: skip
    await _tell(signatory.agreement, await _everybody(signatory.agreement), said)


async def _key_revoked(entry: Entry) -> None:
    """Its owner hears it, and every party to an agreement that is being signed. A key that gave place to a newer one has been told with that."""
    key = await SigningKey.get(id=entry.subject_id).select_related("person", "organisation")
    if key.revoked_why == "replaced" or key.revoked_on is None:
        return
    name = key.organisation.name if key.organisation else key.person.name
    said = Phrase("The signing key of %(person)s for %(name)s signs nothing from %(moment)s on; what it signed before stays good.",
                  person=key.person.name, name=name, moment=key.revoked_on)  # fmt: skip
    people = {key.person_id: key.person}
    running = Signatory.filter(signer_id=key.person_id, organisation_id=key.organisation_id, agreement__stage="signing")
    for each in await running.select_related("agreement").limit(50):
        people |= {one.id: one for one in await _everybody(each.agreement)}
    async with writing():
        for person in people.values():
            if person.id != entry.by_id:
                await inbox.tell(person, said, link="/signing-keys" if person.id == key.person_id else "/agreements", subject=key)


async def _declined(agreement: Agreement, entry: Entry) -> None:
    signatory = await _about(entry)
    name = signatory.name if signatory else ""
    await _tell(agreement, await _everybody(agreement), Phrase("%(name)s does not sign “%(title)s”; the reason stands there."), name=name)


async def _reopened(agreement: Agreement, entry: Entry) -> None:
    message = Phrase("The text of “%(title)s” is being changed. Signatures made so far are void; you will be asked again.")
    await _tell(agreement, await _everybody(agreement), message)


async def _in_effect(agreement: Agreement, entry: Entry) -> None:
    message = Phrase("All have signed “%(title)s”. The finished file is ready.")
    *signers, drafter = await _everybody(agreement)
    if await bundles.bundled(agreement):
        # 甲方 and whoever drafted see the agreements of a sheet on its own page, not in hundreds of notices.
        await _tell(agreement, signers[1:], message)
        return
    await _tell(agreement, signers, message)
    ready = Phrase("All have signed “%(title)s”. Hang the public copy on the notice board: names are masked there.")
    await _tell(agreement, [drafter], message if agreement.private else ready)


async def _asked(agreement: Agreement, entry: Entry) -> None:
    """A party asks for a change or comments; what the office itself writes needs no telling."""
    asks = entry.act == "agreement.change_asked"
    said = Phrase("%(name)s asks for a change of “%(title)s”.") if asks else Phrase("%(name)s comments on the text of “%(title)s”.")
    if signatory := await _about(entry):
        await _tell(agreement, [await agreement.drafted_by], said, name=signatory.name)


async def _agreed(agreement: Agreement, entry: Entry) -> None:
    if all(each.agreed == agreement.edition for each in await agreement.signatories()):
        await _tell(agreement, [await agreement.drafted_by], Phrase("All agree with the text of “%(title)s”. It can be fixed now."))


async def _renewal_opened(agreement: Agreement, entry: Entry) -> None:
    said = Phrase("“%(title)s” ends with %(day)s. Do you go on? Please say so there.", day=agreement.last_day)
    await _tell(agreement, await _everybody(agreement), said)


async def _renewal_answered(agreement: Agreement, entry: Entry) -> None:
    signatory = await _about(entry)
    said = Phrase("%(name)s goes on with “%(title)s” after its last day.")
    if entry.numbers.get("wish") == "no":
        said = Phrase("%(name)s does not go on with “%(title)s” after its last day.")
    await _tell(agreement, [await agreement.drafted_by], said, name=signatory.name if signatory else "")


async def _appraised(agreement: Agreement, entry: Entry) -> None:
    """The other side hears that it was spoken of, not what was said: that is read after one's own evaluation."""
    about = await Signatory.get_or_none(id=entry.numbers.get("about", 0)).select_related("organisation", "signer")
    giver = await _about(entry)
    if about is not None and giver is not None:
        said = Phrase("%(name)s has given the yearly evaluation of “%(title)s”. Give yours to read it.", name=giver.name)
        await _tell(agreement, [about.signer], said)


async def _ended(agreement: Agreement, entry: Entry) -> None:
    await _tell(agreement, await _everybody(agreement), Phrase("“%(title)s” has ended; the reason stands there."))


HEARD: dict[str, Callable[[Agreement, Entry], Awaitable[None]]] = {
    "agreement.laid_open": _laid_open, "agreement.sent": _sent, "agreement.signed": _signed, "agreement.declined": _declined,
    "agreement.reopened": _reopened, "agreement.in_effect": _in_effect, "agreement.change_asked": _asked,
    "agreement.commented": _asked, "agreement.agreed": _agreed,
    "agreement.cancelled": _ended, "agreement.terminated": _ended, "agreement.reminded": _reminded, "agreement.delegated": _delegated,
    "agreement.lapsed": _lapsed, "agreement.ended": _over, "agreement.change_answered": _answered,
    "agreement.renewal_opened": _renewal_opened, "agreement.renewal_answered": _renewal_answered, "agreement.appraised": _appraised,
    "agreement.renewed": _over, "agreement.notice_given": _notice_given, "agreement.notice_taken_back": _notice_taken_back, "agreement.left": _left,
}  # fmt: skip


async def hear(entry: Entry) -> None:
    """The listener: tells everybody concerned, and ends keys with the office they belong to."""
    await keys.leave_office(entry)
    if entry.act == "key.made":
        await _key_made(entry)
    if entry.act == "key.revoked":
        await _key_revoked(entry)
    if (news := HEARD.get(entry.act)) and entry.subject == "Agreement":
        await news(await Agreement.get(id=entry.subject_id), entry)
