"""Who is told what about an agreement: heard from the journal after the commit, told through the inbox."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from council.i18n import Phrase
from council.neighbourhood.journal import Entry, writing
from council.neighbourhood.people import Person
from council.partnership import keys
from council.partnership.agreements import Agreement, Signatory
from council.secretariat import inbox


async def _tell(agreement: Agreement, people: list[Person], said: Phrase, **values: str) -> None:
    """Each of them once, in one transaction."""
    phrase = Phrase(said.message, title=agreement.title, **values)
    async with writing():
        for person in {each.id: each for each in people}.values():
            await inbox.tell(person, phrase, link=f"/agreements/{agreement.id}", subject=agreement)


async def _everybody(agreement: Agreement) -> list[Person]:
    return [each.signer for each in await agreement.signatories()] + [await agreement.drafted_by]


async def _about(entry: Entry) -> Signatory | None:
    """The signatory an entry is about."""
    number = entry.numbers.get("signatory")
    return await Signatory.get_or_none(id=number).select_related("organisation", "signer") if number else None


async def _laid_open(agreement: Agreement, entry: Entry) -> None:
    people = [each.signer for each in await agreement.signatories()]
    await _tell(agreement, people, Phrase("Please read the text of “%(title)s” and say whether it should be different."))


async def _sent(agreement: Agreement, entry: Entry) -> None:
    first = (await agreement.signatories())[0]
    await _tell(agreement, [first.signer], Phrase("“%(title)s” waits for your signature."))


async def _signed(agreement: Agreement, entry: Entry) -> None:
    """After 甲方 it is the turn of all partners."""
    signatory = await _about(entry)
    if signatory is not None and signatory.order == 0:
        partners = [each.signer for each in await agreement.signatories() if each.stage != "signed"]
        await _tell(agreement, partners, Phrase("“%(title)s” waits for your signature."))


async def _declined(agreement: Agreement, entry: Entry) -> None:
    signatory = await _about(entry)
    name = signatory.organisation.name if signatory else ""
    await _tell(agreement, await _everybody(agreement), Phrase("%(name)s does not sign “%(title)s”; the reason stands there."), name=name)


async def _reopened(agreement: Agreement, entry: Entry) -> None:
    message = Phrase("The text of “%(title)s” is being changed. Signatures made so far are void; you will be asked again.")
    await _tell(agreement, await _everybody(agreement), message)


async def _in_effect(agreement: Agreement, entry: Entry) -> None:
    message = Phrase("All have signed “%(title)s”. The finished file is ready.")
    await _tell(agreement, await _everybody(agreement), message)


async def _asked(agreement: Agreement, entry: Entry) -> None:
    signatory = await _about(entry)
    name = signatory.organisation.name if signatory else ""
    await _tell(agreement, [await agreement.drafted_by], Phrase("%(name)s asks for a change of “%(title)s”."), name=name)


async def _ended(agreement: Agreement, entry: Entry) -> None:
    await _tell(agreement, await _everybody(agreement), Phrase("“%(title)s” has ended; the reason stands there."))


HEARD: dict[str, Callable[[Agreement, Entry], Awaitable[None]]] = {
    "agreement.laid_open": _laid_open, "agreement.sent": _sent, "agreement.signed": _signed, "agreement.declined": _declined,
    "agreement.reopened": _reopened, "agreement.in_effect": _in_effect, "agreement.change_asked": _asked,
    "agreement.cancelled": _ended, "agreement.terminated": _ended,
}  # fmt: skip


async def hear(entry: Entry) -> None:
    """The listener: tells everybody concerned, and ends keys with the office they belong to."""
    await keys.leave_office(entry)
    if (news := HEARD.get(entry.act)) and entry.subject == "Agreement":
        await news(await Agreement.get(id=entry.subject_id), entry)
