"""Other people's programs, asked about our files."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path


def said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout


def pdfsig(folder: Path, file: bytes, root: bytes) -> dict[str, int]:
    """What `pdfsig` counts in a file when it knows our root. It always exits with 0: only the words tell."""
    store, pem, paper = folder / "nss", folder / "root.pem", folder / "paper.pdf"
    if not store.exists():
        store.mkdir()
        subprocess.run(["certutil", "-N", "-d", store, "--empty-password"], check=True)
        pem.write_bytes(root)
        subprocess.run(["certutil", "-A", "-d", store, "-n", "root", "-t", "CT,C,C", "-i", pem], check=True)
    paper.write_bytes(file)
    text = said("pdfsig", "-nssdir", str(store), str(paper))
    return {
        "signatures": len(re.findall(r"^Signature #", text, re.M)),
        "valid": text.count("Signature is Valid."),
        "trusted": text.count("Certificate is Trusted."),
        "pades": text.count("ETSI.CAdES.detached"),
        "whole": len(re.findall(r"^  - Total document signed", text, re.M)),
    }


def words(folder: Path, file: bytes, *options: str) -> str:
    """The text of a PDF file."""
    paper = folder / "words.pdf"
    paper.write_bytes(file)
    return said("pdftotext", *options, str(paper), "-")


def info(folder: Path, file: bytes) -> str:
    paper = folder / "info.pdf"
    paper.write_bytes(file)
    return said("pdfinfo", str(paper)) + said("pdfinfo", "-meta", str(paper))
