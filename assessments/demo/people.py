"""The invented clients. Any likeness to a real person is chance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True)
class Person:
    """A client: who they are, who cares for them, and the story they live."""

    name: str
    born: date
    clinician: str  # the key of a member of the team
    story: str
    email: str | None = None
    phone: str | None = None
    number: str | None = None  # the practice's own
    # Most are handed their first form in the room; a few get it by mail from the start.
    email_from_start: bool = False


def _person(name: str, born: str, clinician: str, story: str, **more: object) -> Person:
    email = f"{name.split()[0].lower()}@example.org"
    return Person(name, date.fromisoformat(born), clinician, story, email, **more)  # type: ignore[arg-type]


_PEOPLE = (
    _person("Nora Hallam", "1989-03-14", "ada", "toward independence", phone="020 7946 0101"),
    _person("Idris Vaughan", "1977-11-02", "ada", "on to interdependence"),
    _person("Marisol Quint", "1984-06-23", "ada", "independent, closeness growing"),
    _person("Samir Aldous", "1991-01-30", "ada", "first steps toward independence"),
    _person("Ottilie Brandt", "1968-09-09", "ada", "relapse and recovery"),
    _person("Efua Lindqvist", "1996-04-17", "ben", "mixed, then clearer"),
    _person("Ravindra Hale", "1972-12-05", "sue", "independent and steady"),
    _person("Lea Storm", "1987-02-19", "ada", "counter-dependent and stuck"),
    _person("Mira Kessel", "1993-07-08", "ada", "pendulum into counter-dependence"),
    _person("Hugo Pellerin", "1990-10-27", "ben", "pendulum back to dependence"),
    _person("Tomas Birchall", "1981-05-11", "ada", "mistaken autonomy"),
    _person("Gareth Okonjo", "1965-08-21", "ben", "claims from the start"),
    _person("Yuki Marsden", "1979-03-03", "ada", "deterioration"),
    _person("Beatriz Nakamura", "1994-12-16", "ada", "dependent, working on limits"),
    _person("Daniel Oyelaran", "1986-06-06", "ada", "dependence up"),
    _person("Signe Farrow", "1998-01-25", "ben", "dependent, not yet reviewed"),
    _person("Joao Feldman", "1988-09-30", "ada", "mixed"),
    _person("Amina Thorne", "1992-02-12", "ada", "relational skills ahead of autonomy"),
    _person("Piotr Nowell", "1983-11-19", "ada", "dropout with gaps", phone="020 7946 0144"),
    _person("Jonas Weir", "1995-05-28", "ada", "a safety answer, fresh", phone="020 7946 0187"),
    _person("Chloe Adeyemi", "1990-08-14", "ben", "a safety answer, being handled"),
    _person("Wren Castellan", "2001-04-04", "ada", "no form yet", email_from_start=True),
    _person("Farid Morrow", "1976-07-17", "ada", "one form"),
    _person("Kezia Lund", "1999-10-10", "ada", "three weeks in"),
)
CLIENTS = tuple(
    replace(person, number=f"H-{number}") for number, person in enumerate(_PEOPLE, start=101)
)
