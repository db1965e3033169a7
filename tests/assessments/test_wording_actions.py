"""Loading a wording: what is kept, what is refused, and what an assignment asks with."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from assessments.actions.wording import load_wording
from assessments.measurement.definition import DefinitionError, Use
from assessments.models import Assignment, InstrumentVersion, Wording
from assessments.queries import wordings
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.models import AuditEvent
from tests import factories
from tests import factories_assessments as asked
from tests import factories_wording as made
from tests.factories import NOW, actor

LATER = NOW + timedelta(days=1)


@pytest.fixture
def tea(db) -> InstrumentVersion:
    return made.tea()


def give(client, version):
    return asked.give_version(
        client=client,
        version=version,
        cadence="weekly",
        first_on=NOW.date(),
        by=Actor.system(practice=client.practice),
        now=NOW,
    ).assignment


def texts_of(instrument):
    return tuple(item.text for item in instrument.items)


# --- Loading ------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [made.file_of(), made.questionnaire()])
def test_texts_of_a_file_are_kept_with_where_they_come_from(tea, pat, content):
    wording = made.load(pat, tea, content, source="  Drawer   two ")
    assert (wording.practice, wording.version, wording.language) == (pat.practice, tea, "en")
    assert (wording.source, wording.loaded_at, wording.loaded_by) == ("Drawer two", NOW, pat.user)
    instrument = tea.worded(wording)
    assert texts_of(instrument) == made.QUESTIONS
    assert tuple(o.label for o in instrument.items[0].options) == made.LABELS


def test_loading_leaves_one_event_without_a_single_text(tea, pat):
    wording = made.load(pat, tea, file_name="tea.toml")
    event = AuditEvent.objects.get(action="wording.load")
    assert (event.practice_id, event.actor_id) == (pat.practice_id, pat.user_id)
    assert event.details == {
        "code": "tea-break",
        "version": 1,
        "language": "en",
        "source": "The leaflet in our drawer",
        "checksum": wording.checksum,
        "file": "tea.toml",
    }


def test_same_texts_again_change_nothing_whatever_file_they_come_in(tea, pat):
    first = made.load(pat, tea)
    again, new = load_wording(
        practice=pat.practice,
        version=tea,
        content=made.questionnaire(),
        source="elsewhere",
        by=actor(pat),
        now=LATER,
    )
    assert (again, new) == (first, False)
    assert Wording.objects.count() == 1
    assert AuditEvent.objects.filter(action="wording.load").count() == 1


def test_going_back_to_earlier_texts_puts_them_in_force_again(tea, pat):
    made.load(pat, tea)
    made.load(pat, tea, made.file_of(made.words("Other")), now=LATER)
    back = made.load(pat, tea, now=LATER + timedelta(days=1))
    assert Wording.objects.count() == 3
    assert wordings.wording_in_force(pat.practice, tea) == back


def test_newest_counts_even_when_the_clock_was_set_back(tea, pat):
    made.load(pat, tea, now=LATER)
    newer = made.load(pat, tea, made.file_of(made.words("Other")), now=NOW)
    assert wordings.wording_in_force(pat.practice, tea) == newer


def test_source_is_what_the_file_says_where_nobody_says_it(tea, pat):
    assert made.load(pat, tea, source="").source == "The leaflet in our drawer"


def test_source_has_to_be_said_by_somebody(tea, pat):
    with pytest.raises(Refused) as refusal:
        made.load(pat, tea, made.questionnaire(), source=" ")
    assert refusal.value.field == "source"
    assert not Wording.objects.exists()


def test_file_that_does_not_fit_is_refused_with_every_reason(tea, pat):
    with pytest.raises(DefinitionError) as error:
        made.load(pat, tea, made.file_of(made.QUESTIONS[:2], made.LABELS[:2]))
    assert len(error.value.problems) == 2
    assert not Wording.objects.exists()
    assert not AuditEvent.objects.filter(action="wording.load").exists()


def test_instrument_with_its_own_wording_takes_no_other(pat):
    weekly = asked.instrument()
    with pytest.raises(Refused, match="has its own wording"):
        made.load(pat, weekly)


# --- Licences -----------------------------------------------------------------------------------


def test_wording_without_alteration_needs_the_statement(pat):
    version = made.tea(Use.NO_ALTERATION)
    with pytest.raises(Refused) as refusal:
        made.load(pat, version)
    assert refusal.value.field == "unaltered"
    assert made.load(pat, version, unaltered=True).pk


@pytest.mark.parametrize(
    "content", [made.questionnaire((1, 0, 2)), made.questionnaire((0, 1))], ids=["order", "part"]
)
def test_wording_without_alteration_is_whole_and_in_order(pat, content):
    with pytest.raises(DefinitionError):
        made.load(pat, made.tea(Use.NO_ALTERATION), content, unaltered=True)


def test_wording_for_non_commercial_use_needs_such_a_practice(pat):
    version = made.tea(Use.NON_COMMERCIAL)
    with pytest.raises(Refused, match="without commercial purpose only"):
        made.load(pat, version)
    pat.practice.non_commercial = True
    pat.practice.save(update_fields=["non_commercial"])
    assert made.load(pat, version).pk


def test_restricted_instrument_is_refused_even_where_one_was_published(tea, pat, monkeypatch):
    monkeypatch.setattr(wordings, "Use", type("Use", (), {"RESTRICTED": Use.FREE}))
    with pytest.raises(Refused, match="the holder does not allow it"):
        made.load(pat, tea)


# --- Asking with it -----------------------------------------------------------------------------


def test_instrument_without_wording_is_not_assigned_and_the_sentence_says_what_to_do(tea, nora):
    with pytest.raises(Refused) as refusal:
        give(nora, tea)
    assert refusal.value.field == "instrument"
    assert "has not been loaded here yet" in refusal.value.sentence
    assert "Whoever runs the practice can load it" in refusal.value.sentence
    assert not Assignment.objects.exists()


def test_assignment_asks_with_the_wording_in_force_and_keeps_it(tea, pat, nora, otto):
    first = made.load(pat, tea)
    assignment = give(nora, tea)
    later = made.load(pat, tea, made.file_of(made.words("Other")), now=LATER)
    assignment.refresh_from_db()
    assert assignment.wording == first
    assert texts_of(assignment.instrument) == made.QUESTIONS
    assert give(otto, tea).wording == later


def test_wording_of_another_practice_is_never_used(tea, nora, eve):
    made.load(eve, tea)
    with pytest.raises(Refused, match="has not been loaded here yet"):
        give(nora, tea)


def test_instrument_with_its_own_wording_is_assigned_without_one(nora):
    assert asked.give(nora).assignment.wording is None


def test_what_is_for_non_commercial_use_is_given_there_only(pat, nora):
    version = made.tea(Use.NON_COMMERCIAL)
    pat.practice.non_commercial = True
    pat.practice.save(update_fields=["non_commercial"])
    made.load(pat, version)
    pat.practice.non_commercial = False
    pat.practice.save(update_fields=["non_commercial"])
    with pytest.raises(Refused, match="Practice settings"):
        give(nora, version)


def test_adopted_version_asks_with_the_wording_of_the_one_it_stands_for(tea, pat, nora):
    wording = made.load(pat, tea)
    adopted = InstrumentVersion.objects.create(
        instrument=tea.instrument,
        practice=pat.practice,
        adopted_from=tea,
        adopted_by=pat.user,
        version=2,
        text=made.definition(version=2),
        checksum="a" * 64,
        published_at=NOW,
    )
    assignment = give(nora, adopted)
    assert assignment.wording == wording
    assert (assignment.instrument.version, texts_of(assignment.instrument)) == (2, made.QUESTIONS)


# --- The command --------------------------------------------------------------------------------


def run(path, *options) -> str:
    out = StringIO()
    call_command("load_wording", str(path), "--instrument", made.CODE, *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "tea.toml"
    file.write_text(made.file_of(), encoding="utf-8")
    return file


def test_command_loads_a_file_for_the_only_practice(tea, harbour, path):
    assert "It can be assigned now." in run(path, "--source", "Drawer")
    assert Wording.objects.get().source == "Drawer"
    assert "Nothing was changed." in run(path)


@pytest.mark.parametrize("by", ["name", "pk"])
def test_command_takes_a_practice_by_name_or_identifier(tea, harbour, elsewhere, path, by):
    run(path, "--practice", str(getattr(elsewhere, by)))
    assert Wording.objects.get().practice == elsewhere


def test_command_lists_every_problem_of_a_file(tea, harbour, path):
    path.write_text(made.file_of(made.QUESTIONS[:1], made.LABELS[:1]), encoding="utf-8")
    with pytest.raises(CommandError) as error:
        run(path)
    assert str(error.value).count("\n") == 3
    assert error.value.returncode == 1


@pytest.mark.parametrize(
    "options, sentence",
    [
        ([], "Say for which practice"),
        (["--practice", "Nowhere"], 'There is no practice "Nowhere"'),
        (["--practice", "Harbour", "--instrument", "nope"], 'There is no instrument "nope"'),
        (["--practice", "Harbour", "--source", "x" * 301], "--source: This is longer than 300"),
    ],
)
def test_command_says_what_is_wrong_with_its_options(
    tea, harbour, elsewhere, path, options, sentence
):
    with pytest.raises(CommandError, match=sentence):
        run(path, *options)


def test_command_asks_for_the_identifier_of_practices_of_one_name(tea, harbour, path):
    factories.make_practice("Harbour")
    with pytest.raises(CommandError, match="give the identifier"):
        run(path, "--practice", "Harbour")


def test_command_says_which_statement_a_licence_needs(harbour, path):
    made.tea(Use.NO_ALTERATION)
    with pytest.raises(CommandError, match="--unaltered"):
        run(path)
    assert "can be assigned" in run(path, "--unaltered")


def test_command_says_when_a_file_is_not_there(tea, harbour, tmp_path):
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        run(tmp_path / "none.toml")


def test_command_reads_no_file_that_is_far_too_large(tea, harbour, tmp_path):
    (tmp_path / "large.toml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(CommandError, match="larger than a wording can be"):
        run(tmp_path / "large.toml")
