"""`council verify`: is a signed file, the journal, or the whole archive complete and unchanged? Exit 4 when it is not."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def verify(
    file: Annotated[Path | None, typer.Argument(help="A signed PDF file.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Check the journal, the counts and every file in the archive.")] = False,
    journal: Annotated[bool, typer.Option("--journal", help="Check the journal against its roots, and every vote and count against it.")] = False,
    printed: Annotated[list[str] | None, typer.Option(help="SIZE:ROOT as printed on minutes or a poster, as often as wanted.")] = None,
    language: Annotated[str, typer.Option(help="zh_Hans_CN or en.")] = "zh_Hans_CN",
) -> None:
    """Check a signed agreement, with --journal the journal and every vote, with --all these and every file kept here.

    With --printed the journal is held against paper: whoever changes all files together is found by that alone.
    """
    import asyncio
    import sys

    from council import i18n

    if [file is not None, everything, journal].count(True) != 1:
        typer.echo("council verify FILE.pdf, council verify --journal, or council verify --all", err=True)
        sys.exit(2)
    if file is not None and not file.is_file():
        typer.echo(f"{file}: no such file", err=True)
        sys.exit(2)
    try:
        roots = {int(size): root.strip().lower() for size, _, root in (one.partition(":") for one in printed or ())}
    except ValueError:
        typer.echo("--printed SIZE:ROOT", err=True)
        sys.exit(2)
    i18n.compile_catalogues()
    with i18n.speaking(language):
        sys.exit(asyncio.run(_one(file) if file else _journal(roots) if journal else _all(roots)))


async def _one(file: Path) -> int:
    """The verdict in words, then every signature."""
    import asyncio

    from council import db
    from council.i18n import moment
    from council.partnership import verification
    from council.workshop import authority, pdf

    data = await asyncio.to_thread(file.read_bytes)
    async with db.connected():
        finding = await verification.check_file(data)
    await pdf.shutdown()
    for sentence in finding.verdict.sentences:
        typer.echo(str(sentence))
    if finding.agreement:
        typer.echo(f"{finding.agreement.number} {finding.agreement.title}")
    for each in finding.verdict.signatures:
        when = moment(each.signed_at) if each.signed_at else ""
        typer.echo(f"  {'✓' if each.intact and each.ours else '✗'} {each.organisation} {each.secretary} {when} {authority.short_number(each.serial)}")
    typer.echo(f"SHA-256 {finding.verdict.sha256}")
    return 0 if finding.verdict.valid else 4


async def _journal(printed: dict[int, str]) -> int:
    """The first entry that was changed, or the root; then votes, counts and results that are not what the journal says."""
    from council import db

    async with db.connected():
        return await entries(printed)


async def entries(printed: dict[int, str]) -> int:
    """The same of the database that is connected. `restore` asks it, too."""
    from council.i18n import Phrase
    from council.i18n import gettext as _
    from council.neighbourhood import treelog
    from council.proceedings import scrutiny

    await treelog.place_entries()
    log, wrong = await treelog.audit(printed), await scrutiny.faults()
    for size in log.unprinted:
        typer.echo(str(Phrase("The journal was written anew: with %(size)s entries it has another root than the paper says.", size=size)))
    if log.sound:
        typer.echo(str(Phrase("The journal is whole: %(size)s entries, root %(root)s.", size=log.size, root=log.root)))
    elif log.first_bad is not None:
        typer.echo(str(Phrase("The journal was changed: entry %(entry)s is the first that does not fit.", entry=log.first_bad)))
    elif log.bad_day:
        typer.echo(str(Phrase("The journal was changed: it does not reach the root published on %(day)s.", day=log.bad_day)))
    for number, fault in wrong:
        typer.echo(str(Phrase("Vote %(number)s: %(fault)s.", number=number, fault=fault)))
    if not wrong:
        typer.echo(_("Every vote is as it was cast, and every count is what the papers come to."))
    return 0 if log.sound and not wrong else 4


async def _all(printed: dict[int, str]) -> int:
    """The journal and the counts; then every file that is not what was recorded, the first one first."""
    from council import db
    from council.i18n import gettext as _
    from council.partnership import verification
    from council.workshop import pdf

    async with db.connected():
        held = await entries(printed)
        found = await verification.faults()
    await pdf.shutdown()
    for name, fault in found:
        typer.echo(f"{name}: {fault}")
    if not found:
        typer.echo(_("Every file in the archive is as it was recorded."))
    return 4 if found or held else 0
