"""Large invented practices, for load: many clients, each living a stretched story of the demo."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from random import Random

from assessments.demo import bulk
from assessments.demo.build import make_team, shipped_versions
from assessments.demo.people import Person
from assessments.demo.plan import Plan, make_plan
from assessments.demo.stories import STORIES
from assessments.demo.story import LONG, WEEKLY, Story
from assessments.demo.team import CRISIS_TEXT, TIME_ZONE, Member
from assessments.measurement.definition import Instrument
from clinic.models import Membership, Practice
from clinic.roles import Role

CLIENTS_PER_CLINICIAN = 50
AT_A_TIME = 25  # clients in one transaction
PASSWORD = "harbour-demo-large-practice"  # noqa: S105 - public, as everything in a demonstration


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST_NAMES = _words(
    "Abel Adira Alma Anouk Arvid Asha Bastian Beryl Bram Calla Cyrus Dara Edda Elio Esme Farrah "
    "Fenn Gita Greta Hakim Hana Ines Ivo Jorun Juno Kamal Keira Lamar Leda Linus Mabel Malik "
    "Nadia Nils Oona Orla Pascal Priya Quinn Rafi Runa Sana Silas Tamsin Teodor Uma Viggo Wanda "
    "Yael Zubin"
)
LAST_NAMES = _words(
    "Abara Almond Arkwright Bascombe Bello Bergman Chaudhry Cordell Dahl Delacroix Eastwick Ekman "
    "Fairburn Ferro Gallo Greenhalgh Hadley Haruki Iqbal Ivers Jarman Joshi Kovac Kwame Larkin "
    "Lindgren Mbeki Merriweather Nazari Norling Okafor Osgood Pemberton Petrov Quayle Rashid "
    "Romero Sato Skov Tanaka Thackeray Ueda Vance Vidal Whitlock Wexler Yilmaz Yorke Zafar Zeller"
)
TELLING = [story for name, story in sorted(STORIES.items()) if story.weeks >= 10]

Say = Callable[[str], object]


@dataclass(frozen=True)
class Made:
    """What was made."""

    practices: int
    clients: int
    responses: int


def make(
    *,
    clients: int,
    weeks: int,
    seed: int,
    now: datetime,
    practices: int = 1,
    say: Say = lambda line: None,
) -> Made:
    """Spread ``clients``, each with ``weeks`` of history, over new practices."""
    versions = shipped_versions()
    instruments = {
        code: version.definition for code, version in versions.items() if code in (LONG, WEEKLY)
    }
    responses = 0
    for number in range(practices):
        share = clients // practices + (number < clients % practices)
        practice, clinicians = _make_practice(share, now - timedelta(weeks=weeks + 8))
        plans = _plans(share, weeks, f"{seed} {number}", now, practice, instruments)
        for clinician in clinicians:
            own = islice(plans, CLIENTS_PER_CLINICIAN)
            while chunk := list(islice(own, AT_A_TIME)):
                responses += bulk.write(
                    chunk, practice=practice, clinician=clinician, versions=versions
                )
            say(f"    {responses} responses")
    return Made(practices, clients, responses)


def _make_practice(clients: int, now: datetime) -> tuple[Practice, list[Membership]]:
    number = Practice.objects.count() + 1
    count = max(1, -(-clients // CLIENTS_PER_CLINICIAN))
    team = [_member(number, "admin", Role.PRACTICE_ADMIN)]
    team += [_member(number, f"clinician-{n}", Role.CLINICIAN) for n in range(1, count + 1)]
    practice, members = make_team(
        name=f"Practice {number}",
        zone=TIME_ZONE,
        team=tuple(team),
        now=now,
        crisis_text=CRISIS_TEXT,
    )
    return practice, [members[member.key] for member in team[1:]]


def _member(practice: int, key: str, role: Role) -> Member:
    name = f"{key.replace('-', ' ').capitalize()} of practice {practice}"
    return Member(key, name, role, name, f"{key}@practice-{practice}.example.org", PASSWORD)


def _plans(
    count: int,
    weeks: int,
    seed: str,
    now: datetime,
    practice: Practice,
    instruments: Mapping[str, Instrument],
) -> Iterator[Plan]:
    for number in range(count):
        random = Random(f"{seed} {number}")
        story = _stretch(random.choice(TELLING), weeks, random)
        yield make_plan(
            _person(number, random),
            story,
            seed=seed,
            now=now,
            zone=practice.zone,
            instruments=instruments,
        )


def _person(number: int, random: Random) -> Person:
    """Every number has a name of its own, up to the product of the two lists."""
    first = FIRST_NAMES[number % len(FIRST_NAMES)]
    last = LAST_NAMES[(number // len(FIRST_NAMES) + number) % len(LAST_NAMES)]
    again = number // (len(FIRST_NAMES) * len(LAST_NAMES))
    name = f"{first} {last}" + (f" {again + 1}" if again else "")
    born = date(1950, 1, 1) + timedelta(days=random.randrange(20_000))
    return Person(name, born, clinician="", story="")


def _stretch(story: Story, weeks: int, random: Random) -> Story:
    """The story over another number of weeks, without what has effects beyond its rows."""
    return replace(
        story,
        path=story.path.stretched(weeks / story.weeks),
        weeks=weeks,
        offset=random.randrange(1, 7),
        missed=(),
        careless=frozenset(),
        about={},
        events={0: "Session 1"},
        decided={},
        review_every=2,
        safety_from=None,
        safety={},
        aftercare={},
    )
