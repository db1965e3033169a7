"""The demonstration practice: invented people whose answers show every pattern.

Only commands import this package. From the inside out: ``paths`` (how a person truly moves),
``answers`` (what they tick), ``stories`` and ``people`` (who they are), ``plan`` (what happens
when, as data), ``perform`` (the plan through the real actions), ``files`` (answers that come from
files) and ``bulk`` (the same rows as ``perform``, fast).
"""

from assessments.demo.team import TEAM


def sign_ins() -> list[tuple[str, str, str]]:
    """Role in words, email address and password of everyone who can sign in to the demo."""
    return [(member.described, member.email, member.password) for member in TEAM]
