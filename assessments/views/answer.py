"""What the holder of a personal link sees: one question a screen, saved as they go, sent once."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import queries, wording
from assessments.actions import hand_over, links, respond
from assessments.actions.links import LinkState
from assessments.actions.respond import AlreadySubmitted, ChangedMeanwhile
from assessments.forms import asking, json_body
from assessments.measurement import scoring
from assessments.measurement.definition import Instrument
from assessments.measurement.scoring import AnswerError
from assessments.views import limits
from assessments.views.holder import (
    Holder,
    crisis_lines,
    for_holder,
    for_open_form,
    for_unsent_form,
    give_cookie,
    refuse,
    remember_risk,
    same_origin_only,
    see_other,
)
from clinic.actions import Refused
from clinic.audit import Actor

# --- The way in -----------------------------------------------------------------------------------


@login_not_required
@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def landing(request: HttpRequest, token: str) -> HttpResponse:
    """The page a link opens. Looking at it changes nothing; its button starts the form."""
    request.user = AnonymousUser()
    if not limits.may_try(request):
        page = render(request, "assessments/answer/wait.html", status=429)
        page.headers["Retry-After"] = str(limits.SECONDS)
        return page
    now = timezone.now()
    link = links.find_link(token, now)
    if link is None:
        limits.count_failure(request)
        return render(request, "assessments/answer/unknown.html", status=404)
    practice = link.occasion.client.practice
    if request.method == "POST":
        by = Actor.of_link(request, link, practice)
        links.start_form(link=link, by=by, now=now)
        holder = Holder(link=links.find_held(link.pk) or link, by=by, now=now)
        pause = request.POST.get("go") == "pause"
        response = see_other("form-pause") if pause else _way_in(holder)
        give_cookie(response, holder)
        return response
    instrument = link.occasion.assignment.instrument
    context = {
        "practice_name": practice.name,
        "crisis": crisis_lines(practice),
        "questions": len(instrument.items),
        "minutes": instrument.minutes,
        "until": links.in_words(link.expires_at, practice.zone),
    }
    return render(request, "assessments/answer/landing.html", context)


@for_unsent_form
@require_safe
def start(request: HttpRequest, holder: Holder) -> HttpResponse:
    """What the form is about; for whoever knows that, straight to the first open question."""
    if "from" not in request.GET and holder.knows_introduction:
        return _to_first_open(holder)
    context = {
        **holder.context(),
        "said": wording.introduction(holder.instrument.introduction, holder.think_of),
        "begun": bool(holder.answers),
        "first": _first_open(holder) or 1,
        "until": links.in_words(holder.link.occasion.closes_at, holder.practice.zone),
    }
    return render(request, "assessments/answer/start.html", context)


def _way_in(holder: Holder) -> HttpResponse:
    """The first page of a form. One redirection less is felt on a slow connection."""
    return _to_first_open(holder) if holder.knows_introduction else see_other("form")


def _first_open(holder: Holder) -> int | None:
    """The number of the first question without an answer."""
    for number, item in enumerate(holder.instrument.items, start=1):
        if item.code not in holder.answers:
            return number
    return None


def _to_first_open(holder: Holder) -> HttpResponse:
    number = _first_open(holder)
    return see_other("form-review") if number is None else see_other("form-item", number)


# --- One question ---------------------------------------------------------------------------------


@for_open_form
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, holder: Holder, number: int) -> HttpResponse:
    """One question. Next and Back both save what is chosen, and leaving it open is fine."""
    items = holder.instrument.items
    if not 1 <= number <= len(items):
        raise Http404
    form = asking.ItemForm(
        request.POST if request.method == "POST" else None,
        instrument=holder.instrument,
        item=items[number - 1],
        answers=holder.answers,
        notes=holder.notes,
    )
    if form.is_bound and form.is_valid():
        return _save_item(request, holder, number, form)
    return _item_page(request, holder, number, form)


def _save_item(
    request: HttpRequest, holder: Holder, number: int, form: asking.ItemForm
) -> HttpResponse:
    answers = form.new_answers()
    try:
        respond.save_answers(
            occasion=holder.link.occasion,
            answers=answers,
            notes=form.new_notes(),
            since=holder.link.started_at,
            by=holder.by,
            now=holder.now,
            source=holder.source,
        )
    except AlreadySubmitted:
        return refuse(request, LinkState.SENT, holder)
    except Refused:
        # The form ran out or was taken back between the first look and the lock.
        return _refuse_now(request, holder)
    response, risky = _after_item(request, holder, number, answers)
    if risky:
        remember_risk(response, holder)
    return response


def _after_item(
    request: HttpRequest, holder: Holder, number: int, answers: dict[str, int | None]
) -> tuple[HttpResponse, bool]:
    """Where to go from here, and whether what was just chosen meets a risk rule."""
    risky = bool(scoring.risks(holder.instrument, answers))
    query = "help=1" if risky else ""
    if request.POST.get("go") == "back":
        if number > 1:
            return see_other("form-item", number - 1, query=query), risky
        return see_other("form", query=f"from=1&{query}".rstrip("&")), risky
    if request.GET.get("then") == "review" or number == len(holder.instrument.items):
        return see_other("form-review", query=query), risky
    return see_other("form-item", number + 1, query=query), risky


def _item_page(
    request: HttpRequest, holder: Holder, number: int, form: asking.ItemForm
) -> HttpResponse:
    instrument = holder.instrument
    item = instrument.items[number - 1]
    then = "review" if request.GET.get("then") == "review" else ""
    context = {
        **holder.context(),
        "form": form,
        "item": item,
        "about_someone": item.code in queries.relational_items(instrument),
        "window": instrument.window,
        # Room is kept for all of these, so that nothing moves from one question to the next.
        "texts": [item.text for item in instrument.items],
        "rooms": _rooms(instrument),
        "number": number,
        "count": len(instrument.items),
        "then": then,
        "help": holder.at_risk and request.GET.get("help") == "1",
        "script": _script_data(holder, number, then),
    }
    status = 400 if form.errors else 200
    return render(request, "assessments/answer/item.html", context, status=status)


def _rooms(instrument: Instrument) -> list[tuple[list[str], str]]:
    """The labels of each kind of answers with what else is offered below them: none where all
    questions offer the same. Which of them is tallest, only the page knows."""
    offered = {(item.option_set.code, item.may_not_apply) for item in instrument.items}
    if len(offered) == 1:
        return []
    quiet = instrument.not_applicable or ""
    return [
        (
            [option.label for option in options.options],
            quiet if (options.code, True) in offered else "",
        )
        for options in instrument.option_sets
        if (options.code, True) in offered or (options.code, False) in offered
    ]


def _script_data(holder: Holder, number: int, then: str) -> dict[str, Any]:
    """The form for static/js/answer.js, which then needs no page for each question.

    The texts of the questions stand in the page already.
    """
    instrument = holder.instrument
    sets = {options.code: options for options in instrument.option_sets}
    relational = queries.relational_items(instrument)
    return {
        "number": number,
        "then": then,
        "items": [
            [
                item.code,
                item.option_set.code,
                int(item.may_not_apply),
                int(item.code in relational),
            ]
            for item in instrument.items
        ],
        "options": {
            code: [[option.value, option.label] for option in options.options]
            for code, options in sets.items()
        },
        "notApplicable": instrument.not_applicable,
        # From which answer on help is shown at once, whether or not the answer can be saved.
        "help": _help_from(instrument),
        "answers": holder.answers,
        "notes": holder.notes,
        "save": reverse("form-save"),
        "review": reverse("form-review"),
        "start": reverse("form") + "?from=1",
        # The number is put in by the script.
        "item": reverse("form-item", args=[0]).replace("0", "{number}"),
    }


def _help_from(instrument: Instrument) -> dict[str, int]:
    """The lowest answer to each item that meets a risk rule."""
    lowest: dict[str, int] = {}
    for rule in instrument.risk_rules:
        lowest[rule.item] = min(rule.at_least, lowest.get(rule.item, rule.at_least))
    return lowest


# --- Saving by the script -------------------------------------------------------------------------


@for_open_form
@require_POST
def save(request: HttpRequest, holder: Holder) -> HttpResponse:
    """Save what the form's script sends, and say whether help should be shown at once."""
    try:
        if request.content_type != "application/json":
            raise json_body.Unreadable(_("This could not be read, so nothing was saved."))
        draft = json_body.read_draft(request.body)
        respond.save_answers(
            occasion=holder.link.occasion,
            answers=draft.answers,
            notes=draft.notes,
            seconds=draft.seconds,
            since=holder.link.started_at,
            by=holder.by,
            now=holder.now,
            source=holder.source,
        )
    except json_body.Unreadable as problem:
        return JsonResponse({"sentence": str(problem)}, status=400)
    except AnswerError:
        return JsonResponse(
            {"sentence": _("That is not one of the answers to this question.")}, status=400
        )
    except AlreadySubmitted:
        return refuse(request, LinkState.SENT, holder)
    except Refused:
        return _refuse_now(request, holder)
    risky = bool(scoring.risks(holder.instrument, draft.answers))
    response = JsonResponse({"saved": True, "help": risky})
    if risky:
        remember_risk(response, holder)
    return response


def _refuse_now(request: HttpRequest, holder: Holder) -> HttpResponse:
    """The page for a form that stopped being open while this request was under way."""
    link = links.find_held(holder.link.pk)
    state = links.state_of(link, timezone.now()) if link else None
    return refuse(request, LinkState.TAKEN_BACK if state is LinkState.OPEN else state, holder)


# --- Looking over, sending, thanks ----------------------------------------------------------------


@for_unsent_form
@require_safe
def review(request: HttpRequest, holder: Holder) -> HttpResponse:
    """All answers in words, each with a way to change it, and the button that sends them."""
    return _review_page(request, holder, asking.ReviewForm.of(holder.response, holder.instrument))


def _review_page(
    request: HttpRequest,
    holder: Holder,
    form: asking.ReviewForm,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    lines = asking.lines_of(holder.instrument, holder.answers, holder.notes)
    context = {
        **holder.context(),
        "form": form,
        "lines": lines,
        "open_count": sum(line.is_open for line in lines),
        "first_open": next((line.number for line in lines if line.is_open), None),
        "problem": problem,
        "help": holder.at_risk and request.GET.get("help") == "1",
        "last": len(lines),
    }
    return render(request, "assessments/answer/review.html", context, status=status)


@for_unsent_form
@require_POST
def submit(request: HttpRequest, holder: Holder) -> HttpResponse:
    """Send the form once. Whatever is pressed twice, reloaded or late does no harm."""
    form = asking.ReviewForm(request.POST, instrument=holder.instrument)
    if not form.is_valid():
        return _review_page(request, holder, form, status=400)
    try:
        respond.submit(
            occasion=holder.link.occasion,
            comment=form.cleaned_data["comment"],
            unusual=form.cleaned_data["unusual"],
            seen_revision=form.cleaned_data["revision"],
            by=holder.by,
            now=holder.now,
            source=holder.source,
        )
    except ChangedMeanwhile as changed:
        return _review_anew(request, holder, changed.sentence)
    except Refused as refusal:
        link = links.find_held(holder.link.pk)
        if link is not None and links.state_of(link, timezone.now()) is LinkState.OPEN:
            return _review_page(request, holder, form, refusal.sentence, status=400)
        return _refuse_now(request, holder)
    return see_other("form-done")


def _review_anew(request: HttpRequest, holder: Holder, sentence: str) -> HttpResponse:
    """The answers as they are now, with the comment that was being sent."""
    link = links.find_held(holder.link.pk) or holder.link
    fresh = Holder(link=link, by=holder.by, now=holder.now, met_risk=holder.met_risk)
    form = asking.ReviewForm.of(
        fresh.response, fresh.instrument, comment=request.POST.get("comment")
    )
    return _review_page(request, fresh, form, sentence, status=409)


@for_holder
@require_safe
def done(request: HttpRequest, holder: Holder) -> HttpResponse:
    """Thanks, and what happens next; never the answers."""
    if links.state_of(holder.link, holder.now) is not LinkState.SENT:
        return see_other("form")
    following = hand_over.next_form(holder.link, holder.now)
    context = {
        **holder.context(),
        "following": following.assignment.instrument if following else None,
    }
    return render(request, "assessments/answer/done.html", context)
