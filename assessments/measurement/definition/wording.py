"""The wording of an instrument from a file that a practice has, checked against the definition.

Two kinds of files are read: a FHIR R4 Questionnaire (JSON), and our own TOML. Either gives
WordingTexts that `Instrument.with_wording` takes, or every reason why it does not fit.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from .errors import DefinitionError
from .model import Instrument, Item, OptionSet, Use, Wording, WordingTexts
from .questionnaire import Answer, Question, Questionnaire, read_questionnaire
from .reader import (
    LANGUAGE,
    LINE,
    PARAGRAPH,
    SLUG,
    UNKNOWN_NAMED,
    Table,
    hidden_character,
    plain,
    quoted,
)
from .source import decoded, toml

FORMAT = 1
ITEM, SOURCE, LANGUAGE_CODE = 1000, 300, 20


def read_wording(content: str | bytes, instrument: Instrument) -> WordingTexts:
    """Read the texts of an instrument from the content of a file.

    A FHIR Questionnaire is recognised by its opening brace. Its questions are matched by the
    codes of a terminology where the definition has one for every item, else by link ids that
    are the codes of the items, else by their order. Raises DefinitionError with one sentence for
    every fault: the number of questions, their order, or the number, the values and the order of
    their answers do not fit the definition.
    """
    if instrument.wording is Wording.OWN:
        sentence = "this questionnaire has its own wording, which cannot be replaced."
        raise DefinitionError([f"file: {sentence}"])
    text = decoded(content)
    problems: list[str] = []
    if text.lstrip().startswith("{"):
        texts = _from_questionnaire(read_questionnaire(text), instrument, problems)
    else:
        texts = _from_toml(Table(toml(text), "file", problems), instrument, problems)
    if not problems:
        _note_wrong_labels(texts, instrument, problems)
    if problems:
        raise DefinitionError(problems)
    return texts


# --- our own TOML -----------------------------------------------------------------------------


def _from_toml(root: Table, instrument: Instrument, problems: list[str]) -> WordingTexts:
    root.integer("format", FORMAT, FORMAT)
    code = root.code("instrument", SLUG)
    if code.strip() and code != instrument.code:
        root.note(f"it is for {quoted(code)}, and this is {quoted(instrument.code)}.")
    version = root.integer("version", 1, 100_000, required=False)
    if version is not None and version != instrument.version:
        root.note(f"it is for version {version}, and this is version {instrument.version}.")
    language = root.code("language", LANGUAGE)
    if len(language) > LANGUAGE_CODE:
        root.note(f'"language" is too long: {LANGUAGE_CODE} characters are allowed.')
    source = root.text("source", limit=SOURCE)
    introduction = root.optional_text("introduction", limit=PARAGRAPH, lines=True)
    items = root.table("items")
    texts = _toml_items(items, instrument) if items is not None else {}
    options = root.table("options")
    labels = _toml_options(options, instrument) if options is not None else {}
    root.finish()
    return WordingTexts(introduction, texts, labels, language, source)


def _toml_items(table: Table, instrument: Instrument) -> dict[str, str]:
    texts = {item.code: table.text(item.code, limit=ITEM) for item in instrument.items}
    unknown = [code for code in table.data if code not in texts]
    for code in unknown[:UNKNOWN_NAMED]:
        table.note(f"the questionnaire has no item {quoted(code)}.")
    if not unknown and instrument.licence.use is Use.NO_ALTERATION:
        _note_another_order(table, [code for code in table.data if code in texts], list(texts))
    return texts


def _note_another_order(table: Table, found: Sequence[str], wanted: Sequence[str]) -> None:
    if len(found) == len(wanted) and found != wanted:
        table.note(
            "the items stand in another order than the questionnaire has, and its licence allows "
            "no alteration."
        )


def _toml_options(table: Table, instrument: Instrument) -> dict[str, tuple[str, ...]]:
    labels: dict[str, tuple[str, ...]] = {}
    for option_set in _used_sets(instrument):
        entry = table.table(option_set.code)
        if entry is None:
            continue
        found = tuple(entry.texts("labels", len(option_set.options) + 100))
        if "labels" in entry.data and isinstance(entry.data["labels"], list):
            _note_unfit_labels(entry.place, found, option_set, entry.problems)
        entry.finish()
        labels[option_set.code] = found
    table.finish()
    return labels


def _note_unfit_labels(
    place: str, labels: Sequence[str], option_set: OptionSet, problems: list[str]
) -> None:
    if len(labels) != len(option_set.options):
        wanted = len(option_set.options)
        problems.append(f"{place}: it has {len(labels)} answers; the questionnaire has {wanted}.")
        return
    for number, label in enumerate(labels, start=1):
        _note_unfit_text(f"{place}, answer {number}", label, LINE, problems)
    if len(set(labels)) < len(labels):
        problems.append(f"{place}: two of its answers read the same.")


def _note_unfit_text(
    place: str, text: str, limit: int, problems: list[str], *, lines: bool = False
) -> None:
    hidden = hidden_character(text, lines=lines)
    if not text.strip():
        problems.append(f"{place}: it has no text.")
    elif len(text) > limit:
        sentence = f"its text is too long: {len(text)} characters, {limit} allowed."
        problems.append(f"{place}: {sentence}")
    elif hidden is not None:
        problems.append(f"{place}: its text holds a character that cannot be seen ({hidden}).")


# --- a FHIR Questionnaire ---------------------------------------------------------------------


def _from_questionnaire(
    form: Questionnaire, instrument: Instrument, problems: list[str]
) -> WordingTexts:
    _note_another_panel(form, instrument, problems)
    matched, left_out = _matched(form.questions, instrument, problems)
    labels: dict[str, tuple[str, ...]] = {}
    shown_first: dict[str, Question] = {}
    for item, question in matched.items():
        _note_unfit_text(question.place, question.text, ITEM, problems)
        faults = len(problems)
        found = _labels(question, item.option_set, instrument, form.language, problems)
        if len(problems) > faults:
            continue
        first = shown_first.setdefault(item.option_set.code, question)
        if labels.setdefault(item.option_set.code, found) != found:
            problems.append(
                f"{question.place}: its answers read otherwise, value by value, than those of "
                f"{first.place}; both must offer the same, with the values as they are answered."
            )
    if form.introduction is not None:
        _note_unfit_text("introduction", form.introduction, PARAGRAPH, problems, lines=True)
    language = form.language
    if language and not (LANGUAGE.fullmatch(language) and len(language) <= LANGUAGE_CODE):
        language = None
    return WordingTexts(
        introduction=form.introduction,
        items={item.code: question.text for item, question in matched.items()},
        options=labels,
        language=language,
        source=_plain_line(form.source),
        left_out=tuple(question.place for question in left_out),
    )


def _plain_line(text: str | None) -> str | None:
    """A line that may be shown; None where it is too long or holds what cannot be seen."""
    if text is None or len(text) > LINE or hidden_character(text, lines=False) is not None:
        return None
    return text


def _note_another_panel(form: Questionnaire, instrument: Instrument, problems: list[str]) -> None:
    own = {(code.system, code.code) for code in instrument.codes if code.about == "panel"}
    systems = {system for system, _ in own}
    named = {(system, code) for system, code in form.codes if system in systems}
    if own and named and not own & named:
        given, wanted = (", ".join(sorted(plain(code) for _, code in c)) for c in (named, own))
        problems.append(
            f"file: it says that it is {given}, and this questionnaire has the code {wanted}."
        )


def _matched(
    questions: Sequence[Question], instrument: Instrument, problems: list[str]
) -> tuple[dict[Item, Question], list[Question]]:
    """The question of each item, and the questions that are no items of the instrument."""
    strict = instrument.licence.use is Use.NO_ALTERATION
    names = _names(questions, instrument)
    if names is None:
        if len(questions) != len(instrument.items):
            problems.append(
                f"file: it has {len(questions)} questions; the questionnaire has "
                f"{len(instrument.items)} items."
            )
            return {}, []
        _note_numbers_out_of_order(questions, problems)
        return dict(zip(instrument.items, questions, strict=True)), []
    found: dict[str, Question] = {}
    left_out: list[Question] = []
    for question, code in zip(questions, names, strict=True):
        if code is None:
            left_out.append(question)
        elif code in found:
            problems.append(f"{question.place}: it is item {code} once more.")
        else:
            found[code] = question
    missing = [item.code for item in instrument.items if item.code not in found]
    if missing:
        problems.append(f"file: it has no question for item {', '.join(missing)}.")
    by_terminology = _item_codes(instrument)
    if left_out and (strict or not by_terminology or any(not q.codes for q in left_out)):
        problems.extend(
            f"{question.place}: the questionnaire has no such item." for question in left_out
        )
    order = [code for code in names if code is not None]
    wanted = [item.code for item in instrument.items if item.code in found]
    if strict and not missing and order != wanted:
        problems.append(
            "file: the questions stand in another order than the questionnaire has, and its "
            "licence allows no alteration."
        )
    return {item: found[item.code] for item in instrument.items if item.code in found}, left_out


def _names(questions: Sequence[Question], instrument: Instrument) -> list[str | None] | None:
    """The item that each question names, by its code or else its link id; None where it is the
    order that tells, since no question names any."""
    by_code = _item_codes(instrument)
    by_link = {code: name for (_, code), name in by_code.items()}
    names = [
        next((by_code[code] for code in question.codes if code in by_code), None)
        or by_link.get(question.link.strip("/"))
        for question in questions
    ]
    systems = {system for system, _ in by_code}
    if any(names) or any(system in systems for one in questions for system, _ in one.codes):
        return names
    own = [
        question.link if question.link in instrument.items_by_code else None
        for question in questions
    ]
    return own if any(own) else None


def _item_codes(instrument: Instrument) -> dict[tuple[str, str], str]:
    """Codes to items, where every item has one."""
    found = {
        (code.system, code.code): code.about
        for code in instrument.codes
        if code.about in instrument.items_by_code
    }
    return found if set(found.values()) == set(instrument.items_by_code) else {}


def _note_numbers_out_of_order(questions: Sequence[Question], problems: list[str]) -> None:
    """Link ids that count the questions must count them in the order they stand in."""
    ends = [re.search(r"(\d{1,4})\D*$", question.link) for question in questions]
    numbers = [int(end[1]) for end in ends if end is not None]
    if len(numbers) != len(questions) or len(set(numbers)) != len(numbers):
        return
    if max(numbers) - min(numbers) == len(numbers) - 1 and numbers != sorted(numbers):
        problems.append(
            "file: the link ids number the questions in another order than they stand in."
        )


def _labels(
    question: Question,
    option_set: OptionSet,
    instrument: Instrument,
    language: str | None,
    problems: list[str],
) -> tuple[str, ...]:
    """The labels of the answers by rising value; faults are noted."""
    answers: Sequence[Answer] = question.answers
    wanted = [option.value for option in option_set.options]
    if len(answers) != len(wanted):
        problems.append(
            f"{question.place}: it has {len(answers)} answers; the questionnaire has {len(wanted)}."
        )
        return ()
    values = [answer.value for answer in answers]
    if any(value is None for value in values):
        checked = option_set.first_label is not None and _same_language(language, instrument)
        if not checked or any(value is not None for value in values):
            problems.append(f"{question.place}: its answers do not all state their values.")
            return ()
    else:
        numbers = [value for value in values if value is not None]
        if sorted(numbers) != wanted:
            given, needed = (", ".join(f"{n:g}" for n in these) for these in (numbers, wanted))
            problems.append(
                f"{question.place}: its answers have the values {given}; the questionnaire has "
                f"{needed}."
            )
            return ()
        falling = all(later < earlier for earlier, later in pairwise(numbers))
        if numbers != wanted and (instrument.licence.use is Use.NO_ALTERATION or not falling):
            problems.append(
                f"{question.place}: its answers do not stand in the order of rising values."
            )
            return ()
        answers = answers if numbers == wanted else answers[::-1]
    labels = tuple(answer.label for answer in answers)
    _note_unfit_labels(question.place, labels, option_set, problems)
    return labels


# --- both -------------------------------------------------------------------------------------


def _note_wrong_labels(texts: WordingTexts, instrument: Instrument, problems: list[str]) -> None:
    if not _same_language(texts.language, instrument):
        return
    for option_set in _used_sets(instrument):
        wanted = option_set.first_label
        if wanted is not None and texts.options[option_set.code][0].casefold() != wanted.casefold():
            problems.append(
                f"option set {option_set.code}: its lowest answer must read {quoted(wanted)}; "
                "a file in another language must say which."
            )


def _same_language(language: str | None, instrument: Instrument) -> bool:
    """Whether the texts are in the language of the definition; so too where the file is silent."""
    return language is None or language.split("-")[0] == instrument.language.split("-")[0]


def _used_sets(instrument: Instrument) -> list[OptionSet]:
    sets: Mapping[str, OptionSet] = {
        item.option_set.code: item.option_set for item in instrument.items
    }
    return list(sets.values())
