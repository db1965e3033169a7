"""An instrument read from its TOML file: parsed, checked as a whole, and frozen."""

from .errors import DefinitionError
from .model import (
    Band,
    Direction,
    Element,
    Evidence,
    Instrument,
    Item,
    KeyedItem,
    Licence,
    Option,
    OptionSet,
    RiskRule,
    Scale,
)
from .parser import parse

__all__ = [
    "Band",
    "DefinitionError",
    "Direction",
    "Element",
    "Evidence",
    "Instrument",
    "Item",
    "KeyedItem",
    "Licence",
    "Option",
    "OptionSet",
    "RiskRule",
    "Scale",
    "parse",
]
