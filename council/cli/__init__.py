"""The `council` command: thin, it calls the floors. Exit 0 ok, 1 failure, 2 usage, 3 not ready, 4 verification failed, 5 partly imported."""

from __future__ import annotations

import sys
from importlib import import_module

import typer

app = typer.Typer(name="council", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

# One module per command, named like it, whose function of the same name is the command.
# A module may be missing only while its room is being built.
COMMANDS = ("start", "serve", "migrate", "demo", "doctor", "user", "triage", "decide", "dates", "verify", "recount", "ca", "backup", "restore")


# With a callback one command alone still asks for its name.
app.callback()(lambda: None)


def main() -> None:
    """Register the commands and run one: the one asked for alone, or all where somebody looks what there is."""
    for name in [name for name in COMMANDS if name == (sys.argv[1:] or [""])[0]] or COMMANDS:
        try:
            module = import_module(f"council.cli.{name}")
        except ModuleNotFoundError as missing:
            if missing.name != f"council.cli.{name}":
                raise
            continue
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(getattr(module, name))
    app()
