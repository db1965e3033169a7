"""What can be wrong with a file of answers, in sentences that name the line."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

SHOWN = 100
LONGEST_SHOWN = 24


class UnreadableFile(Exception):
    """The file is not one that can be read row by row. ``sentence`` says why, and what to do."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


class Faults:
    """The faults found in a file: the first hundred in words, all of them counted."""

    def __init__(self) -> None:
        self.sentences: list[str] = []
        self.count = 0

    def add(self, line: int, sentence: str, column: str | None = None) -> None:
        """Note a fault of ``line`` (the first of the file is 1), in ``column`` where it has one."""
        self.count += 1
        if len(self.sentences) >= SHOWN:
            return
        place = {"line": line, "column": shown(column or ""), "sentence": sentence}
        self.sentences.append(
            _("line %(line)d: %(sentence)s") % place
            if column is None
            else _("line %(line)d, column %(column)s: %(sentence)s") % place
        )

    def __bool__(self) -> bool:
        return self.count > 0

    def lines(self) -> list[str]:
        """The sentences, and a last one for those that are not shown."""
        more = self.count - len(self.sentences)
        if not more:
            return list(self.sentences)
        rest = ngettext("and %(count)d more.", "and %(count)d more.", more) % {"count": more}
        return [*self.sentences, rest]


class FaultyFile(Exception):
    """Some rows cannot be imported, so none is."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        super().__init__("\n".join(faults.lines()))


def shown(text: str) -> str:
    """A cell or a name as a sentence may repeat it: short, and with nothing invisible in it."""
    plain = "".join(character if character.isprintable() else "?" for character in text.strip())
    return plain if len(plain) <= LONGEST_SHOWN else f"{plain[: LONGEST_SHOWN - 1]}…"
