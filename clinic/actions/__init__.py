"""What people do: one verb each, in one transaction, with its audit event inside.

Every action takes ``by`` (who acts) and ``now``. An action asks whether the *state* allows it;
whether this *person* may do it is asked before, by the gate in ``clinic.access``.
"""

from __future__ import annotations


class Refused(Exception):
    """The state does not allow this. Carries a sentence for people, already translated.

    ``field`` names the form field the sentence belongs beside, where it belongs to one.
    """

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
