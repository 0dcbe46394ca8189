"""What a workshop tool says when it cannot do its work: a refusal made of a ready phrase."""

from __future__ import annotations

from council.i18n import Phrase
from council.refusals import Refusal


class Fault(Refusal):
    """A refusal that already has its sentence. It survives the way from a worker process."""

    def __init__(self, phrase: Phrase, status: int = 422) -> None:
        super().__init__(phrase.message, status=status, **phrase.values)

    def __reduce__(self) -> tuple[type[Fault], tuple[Phrase, int]]:
        return type(self), (self.phrase, self.status)
