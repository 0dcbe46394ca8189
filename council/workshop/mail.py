"""One letter by SMTP. The address of the server is a URL: smtp://user:password@host:587?from=council@example.org&starttls=yes, or smtps://."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import parse_qs, unquote, urlsplit

SECONDS = 20


@dataclass(frozen=True)
class Post:
    """Where letters are handed in."""

    host: str
    port: int
    user: str
    password: str
    sender: str
    tls: str  # "", "starttls" or "all"


def post_of(url: str) -> Post:
    """The parts of an SMTP_URL. ValueError when it names no host or another scheme."""
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("SMTP_URL begins with smtp:// or smtps:// and names a host")
    asked = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    user = unquote(parts.username or "")
    sender = asked.get("from") or (user if "@" in user else f"council@{parts.hostname}")
    tls = "all" if parts.scheme == "smtps" else "starttls" if asked.get("starttls", "yes" if user else "") in ("yes", "1", "true") else ""
    return Post(parts.hostname, parts.port or (465 if tls == "all" else 587 if user else 25), user, unquote(parts.password or ""), sender, tls)


def send(url: str, to: str, subject: str, body: str) -> None:
    """Hand in one letter and return when the server has taken it. Blocks: call it in a thread. Raises what smtplib raises."""
    post = post_of(url)
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = post.sender, to, " ".join(subject.split())
    letter["Date"], letter["Message-ID"] = formatdate(localtime=False), make_msgid(domain=post.sender.rpartition("@")[2])
    letter.set_content(body)
    with _connection(post) as server:
        server.send_message(letter)


def check(url: str) -> None:
    """Is the server there, and does it take our name? Raises what smtplib raises."""
    with _connection(post_of(url)) as server:
        server.noop()


def _connection(post: Post) -> smtplib.SMTP:
    if post.tls == "all":
        server: smtplib.SMTP = smtplib.SMTP_SSL(post.host, post.port, timeout=SECONDS, context=ssl.create_default_context())
    else:
        server = smtplib.SMTP(post.host, post.port, timeout=SECONDS)
    if post.tls == "starttls":
        server.starttls(context=ssl.create_default_context())
    if post.user:
        server.login(post.user, post.password)
    return server
