"""One agreement from its draft to its verdict, with as many parties as it may have: `n` of them (30 at most), each known by a code, each with a
key of its own, partners in any order, by finger or by typed name. On the way nobody is called complete who is not, and whoever is missing is named;
at the end it is in effect, every file begins with the one before it, our verdict and `pdfsig` find every signature good, and the last one covers all.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from pathlib import Path
from typing import Any

from council import clock
from council.partnership import files, signing, verification
from council.partnership.agreements import Agreement, Signatory
from council.partnership.certificates import root
from council.partnership.signatures import Revision, head
from council.workshop import pdf
from council.workshop.pades import Kind
from tests.five import PIN, STROKES, equip, five, more_partners, opened, place_of
from tests.proofs.ground import fresh
from tests.workshop import outside

QUICK, FULL = 2, 30  # parties
FIVE = 5


async def prove(n: int, seed: int) -> list[str]:
    async with fresh() as world:
        agreement, wrong = await _signed(world, n, random.Random(seed))
        return wrong + await faults(agreement, n)


async def _opened(world: Any, n: int) -> Agreement:
    """The signing is open, between the committee and n - 1 partners."""
    made = await five(world)
    further = [organisation.id for organisation, _person in await more_partners(world, max(0, n - FIVE))]
    return await opened(made, partners=[*made.partners, *further][: n - 1], projects=[])


async def _signed(world: Any, n: int, dice: random.Random) -> tuple[Agreement, list[str]]:
    """The committee first, then the partners as they come; what was wrong on the way."""
    agreement, wrong = await _opened(world, n), []
    first, *partners = await agreement.signatories()
    dice.shuffle(partners)
    for signed, row in enumerate([first, *partners], 1):
        place = await place_of(agreement, row.signer)
        await equip(place, world.deputy)
        hand = signing.Hand(typed=row.signer.name) if dice.random() < 0.5 else signing.Hand(drawn=STROKES)
        await signing.sign(place, hand, PIN, by=row.signer)
        if signed in {1, n // 2, n - 1} and signed < n:
            wrong += await _incomplete(agreement, n - signed)
    return await Agreement.get(id=agreement.id).select_related("place"), wrong


async def _incomplete(agreement: Agreement, missing: int) -> list[str]:
    """What says that it holds although some have not signed."""
    agreement = await Agreement.get(id=agreement.id).select_related("place")
    _agreement, _newest, verdict = await verification.check_code(agreement.public_code)
    wrong = [f"in effect although {missing} have not signed"] if agreement.stage != "signing" or agreement.effective_on else []
    if (verdict.kind, len(verdict.sentences)) != (Kind.INCOMPLETE, missing):
        wrong.append(f"{missing} are missing, the verdict is {verdict.kind} with {len(verdict.sentences)} sentences")
    return wrong


async def faults(agreement: Agreement, n: int) -> list[str]:
    """What does not hold of a finished agreement of `n` parties."""
    newest, wrong = await head(agreement), []
    assert newest is not None
    data = await files.read(newest.file)
    verdict = (await verification.check_file(data)).verdict
    if verdict.kind is not Kind.VALID or len({each.serial for each in verdict.signatures}) != n:
        wrong.append(f"the verdict on the finished file is {verdict.kind}: {'; '.join(map(str, verdict.sentences))}")
    if agreement.stage != "effective" or agreement.effective_on != clock.today():
        wrong.append(f"all have signed, and it is {agreement.stage} from {agreement.effective_on}")
    if await Signatory.filter(agreement_id=agreement.id, stage="signed").count() != n:
        wrong.append("not everybody stands as having signed")
    return wrong + await _chain(agreement, n) + _outside(data, n)


async def _chain(agreement: Agreement, n: int) -> list[str]:
    kept = [await files.read(row.file) for row in await Revision.filter(agreement_id=agreement.id).order_by("n")]
    broken = [f"file {place} does not begin with the one before it" for place in range(1, len(kept)) if not kept[place].startswith(kept[place - 1])]
    return broken if len(kept) == n + 1 else [*broken, f"{len(kept)} files for {n} signatures"]


def _outside(data: bytes, n: int) -> list[str]:
    """What `pdfsig` says, where it is installed."""
    certificate = root()
    if not shutil.which("pdfsig") or certificate is None:
        return []
    with tempfile.TemporaryDirectory() as here:
        said = outside.pdfsig(Path(here), data, certificate)
    wanted = {"signatures": n, "valid": n, "trusted": n, "pades": n, "whole": 1}
    return [] if said == wanted else [f"pdfsig says {said}"]


async def control(seed: int) -> list[str]:
    """The last signature is cut off again: to every program that knows no party list what remains is a perfect file of fewer parties."""
    async with fresh() as world:
        try:
            agreement, _wrong = await _signed(world, 2, random.Random(seed))
            newest = await head(agreement)
            assert newest is not None
            before = await Revision.get(agreement_id=agreement.id, n=newest.n - 1)
            await Revision.filter(id=newest.id).update(file=before.file, digest=before.digest)
            return await faults(agreement, 2)
        finally:
            await pdf.shutdown()  # the workers served the proof before it too
