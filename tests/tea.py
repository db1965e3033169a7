"""The definition of a questionnaire whose wording is not ours. All of it is made up."""

CODE = "tea-break"
NAME = "Tea break"
ITEMS = ("TEA01", "TEA02", "TEA03")
QUESTIONS = ("I had tea at home.", "I had tea at work.", "I burned my tongue.")
LABELS = ("No cup", "A cup", "Three cups")
VALUES = (0, 1, 3)

DEFINITION = """
format = 1
code = "{code}"
version = {version}
language = "en"
wording = "external"
name = "{name}"
purpose = "Three questions on tea."
window = "In the past 7 days"
minutes = 1
evidence_note = "Made up for tests."
default_cadence = "weekly"
[licence]
name = "Free to use"
holder = "The Tea Board"
terms = "Nobody asks for anything."
use = "{use}"
[[option_sets]]
code = "cups"
options = [{{ value = 0 }}, {{ value = 1 }}, {{ value = 3 }}]
[[items]]
code = "TEA01"
options = "cups"
[[items]]
code = "TEA02"
options = "cups"
[[items]]
code = "TEA03"
options = "cups"
[[scales]]
code = "TEA"
name = "Tea in all"
reading = "higher is more tea"
direction = "lower"
items = ["TEA01", "-TEA02", "TEA03"]
minimum_answered = 2
[scales.evidence]
rung = 0
[[risk_rules]]
code = "scald"
item = "TEA03"
at_least = 3
message = "Ask about the kettle."
"""


def definition(*, code: str = CODE, version: int = 1, use: str = "free") -> str:
    """The text of its file."""
    return DEFINITION.format(code=code, name=NAME, use=use, version=version)
