"""The text of a file and the tables in it, whoever wrote it: too large, broken, or not text."""

import re
import tomllib
from typing import Any

from .errors import DefinitionError

MAXIMUM_SIZE = 1_000_000
# Keys of very many dotted parts, which no instrument has, take the TOML parser hours.
MAXIMUM_DOTS_IN_A_LINE = 100


def canonical(text: str) -> str:
    """The text without what an editor changes unasked: a byte order mark, Windows line ends."""
    if not isinstance(text, str):
        raise DefinitionError(["file: an instrument is read from text, not from bytes."])
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise DefinitionError(["file: the text holds characters that are not Unicode."]) from None
    if size > MAXIMUM_SIZE:
        raise DefinitionError([f"file: too large; {MAXIMUM_SIZE:,} bytes are allowed."])
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def decoded(content: str | bytes) -> str:
    """The canonical text of a file that was loaded, as bytes or as text."""
    if isinstance(content, bytes | bytearray | memoryview):
        try:
            content = bytes(content).decode("utf-8")
        except UnicodeDecodeError as error:
            sentence = f"it is not UTF-8 text: byte {error.start + 1} cannot be read."
            raise DefinitionError([f"file: {sentence}"]) from None
    return canonical(content)


def toml(text: str) -> dict[str, Any]:
    """The tables of a canonical text; DefinitionError where it is not TOML."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > MAXIMUM_DOTS_IN_A_LINE:
            sentence = f"more than {MAXIMUM_DOTS_IN_A_LINE} full stops in one line; break it up."
            raise DefinitionError([f"line {number}: {sentence}"])
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DefinitionError([_syntax_sentence(str(error))]) from None
    except (ValueError, RecursionError):
        # A date that no calendar has, a number of thousands of digits, brackets without end.
        raise DefinitionError(["file: a value in it is not valid TOML or far too large."]) from None


def _syntax_sentence(message: str) -> str:
    found = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", message, re.DOTALL)
    if found is None:
        return f"end of the file: the file breaks off; {message}."
    what, line, column = found.groups()
    return f"line {line}: not valid TOML at character {column}; {what}."
