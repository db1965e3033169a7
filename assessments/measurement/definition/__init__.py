"""An instrument read from its TOML file: parsed, checked as a whole, and frozen."""

from .errors import DefinitionError
from .model import (
    Band,
    Code,
    Cutoff,
    Direction,
    Element,
    Evidence,
    Instrument,
    Item,
    KeyedItem,
    Licence,
    Norms,
    Option,
    OptionSet,
    PublishedChange,
    ReliabilityKind,
    RiskRule,
    Scale,
    Use,
    Wording,
    WordingTexts,
)
from .parser import parse
from .wording import read_wording

__all__ = [
    "Band",
    "Code",
    "Cutoff",
    "DefinitionError",
    "Direction",
    "Element",
    "Evidence",
    "Instrument",
    "Item",
    "KeyedItem",
    "Licence",
    "Norms",
    "Option",
    "OptionSet",
    "PublishedChange",
    "ReliabilityKind",
    "RiskRule",
    "Scale",
    "Use",
    "Wording",
    "WordingTexts",
    "parse",
    "read_wording",
]
