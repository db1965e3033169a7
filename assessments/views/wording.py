"""Loading the wording of an instrument: a file is checked, its texts are shown, then used."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments.actions import wording as actions
from assessments.forms.wording import UploadForm, UseForm
from assessments.forms.wording_file import skeleton, written
from assessments.measurement.definition import DefinitionError, Instrument, WordingTexts
from assessments.measurement.definition import Wording as WordingKind
from assessments.models import InstrumentVersion, Wording
from assessments.queries import wordings
from assessments.views import library_facts as facts
from assessments.views.library import version_here
from clinic import access
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.models import Practice
from clinic.roles import Permission


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires(Permission.MANAGE_LIBRARY)
def library_wording(request: HttpRequest, code: str) -> HttpResponse:
    """Two steps: the file comes in and its texts are shown; the second button uses them.

    Nothing is kept between the two. The page carries the checked texts on, and the second step
    checks them again.
    """
    practice = access.membership(request.user).practice
    version = _external(practice, code)
    if request.method == "POST" and "content" in request.POST:
        return _use(request, practice, version)
    if request.method == "POST":
        return _look(request, practice, version)
    return _page(request, practice, version, UploadForm(instrument=version.definition))


@require_safe
@access.requires(Permission.MANAGE_LIBRARY)
def library_wording_skeleton(request: HttpRequest, code: str) -> HttpResponse:
    """A file to type the wording into."""
    definition = _external(access.membership(request.user).practice, code).definition
    name = f"{definition.code}-{definition.version}-wording.toml"
    return HttpResponse(
        skeleton(definition),
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _external(practice: Practice, code: str) -> InstrumentVersion:
    """An instrument whose wording a practice loads; others have no such page."""
    version = version_here(practice, code)
    if version.definition.wording is not WordingKind.EXTERNAL:
        raise Http404
    return version


# --- The two steps ------------------------------------------------------------------------------


def _look(request: HttpRequest, practice: Practice, version: InstrumentVersion) -> HttpResponse:
    """Check the file and show its texts."""
    form = UploadForm(request.POST, request.FILES, instrument=version.definition)
    if not form.is_valid():
        return _page(request, practice, version, form)
    try:
        texts = actions.preview_wording(
            practice=practice,
            version=version,
            content=form.cleaned_data["file"],
            source=form.cleaned_data["source"],
            unaltered=form.unaltered_said,
        )
    except DefinitionError as error:
        return _page(request, practice, version, form, error.problems)
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return _page(request, practice, version, form)
    present = wordings.wording_in_force(practice, version)
    if present is not None and actions.is_same(present, texts, version):
        messages.info(request, _already(present))
        return redirect("library-wording", version.definition.code)
    return _preview(request, version, form, texts, present)


def _use(request: HttpRequest, practice: Practice, version: InstrumentVersion) -> HttpResponse:
    """Put the texts in force that were shown."""
    form = UseForm(request.POST, instrument=version.definition)
    said = {"source": request.POST.get("source", ""), "unaltered": "unaltered" in request.POST}
    again = UploadForm(initial=said, instrument=version.definition)
    if not form.is_valid():
        sentences = [str(sentence) for each in form.errors.values() for sentence in each]
        return _page(request, practice, version, again, sentences)
    try:
        wording, new = actions.load_wording(
            practice=practice,
            version=version,
            content=form.cleaned_data["content"],
            source=form.cleaned_data["source"],
            file_name=form.cleaned_data["file_name"],
            unaltered=form.unaltered_said,
            by=Actor.of_request(request),
            now=timezone.now(),
        )
    except DefinitionError as error:
        return _page(request, practice, version, again, error.problems)
    except Refused as refusal:
        return _page(request, practice, version, again, [str(refusal)])
    if new:
        sentence = _("The wording is loaded. %(name)s can be assigned now.")
        messages.success(request, sentence % {"name": version.definition.name})
    else:
        messages.info(request, _already(wording))
    return redirect("library-wording", version.definition.code)


def _already(present: Wording) -> str:
    return _("These texts are in use already, since %(day)s. Nothing was changed.") % {
        "day": date_format(timezone.localtime(present.loaded_at), "j F Y")
    }


# --- Pages --------------------------------------------------------------------------------------


def _page(
    request: HttpRequest,
    practice: Practice,
    version: InstrumentVersion,
    form: UploadForm,
    problems: list[str] | None = None,
) -> HttpResponse:
    definition = version.definition
    rows = Wording.objects.visible_to(request.user).filter(version__instrument=version.instrument)
    hindrance = wordings.licence_hindrance(definition, practice)
    context = {
        "definition": definition,
        "version": version,
        "form": form,
        "problems": problems or [],
        "refused": wordings.says(hindrance, definition.name) if hindrance else "",
        "needs_settings": hindrance is wordings.Hindrance.NON_COMMERCIAL,
        "history": rows.select_related("version", "loaded_by").order_by("-loaded_at", "-pk"),
        "in_force": wordings.wording_in_force(practice, version),
        "crumbs": _crumbs(definition),
        **facts.licence(definition),
    }
    status = 400 if problems or form.errors else 200
    return render(request, "assessments/wording_load.html", context, status=status)


def _preview(
    request: HttpRequest,
    version: InstrumentVersion,
    form: UploadForm,
    texts: WordingTexts,
    present: Wording | None,
) -> HttpResponse:
    definition = version.definition
    worded = definition.with_wording(texts)
    before = None if present is None else version.worded(present)
    source = form.cleaned_data["source"] or texts.source or ""
    context = {
        "definition": worded,
        "language": texts.language or definition.language,
        "source": source,
        "unaltered": form.unaltered_said,
        "introduction": texts.introduction,
        "left_out": texts.left_out,
        "options": facts.options(worded),
        "lines": _lines(worded, before),
        "present": present,
        "content": written(definition, texts, source),
        "file_name": form.file_name,
        "crumbs": _crumbs(definition, _("Look it over")),
    }
    return render(request, "assessments/wording_preview.html", context)


def _lines(worded: Instrument, before: Instrument | None) -> list[dict[str, Any]]:
    """Each item with its text, and what is worth a second look about it."""
    turned = {keyed.code for scale in worded.scales for keyed in scale.keyed_items if keyed.reverse}
    watched = {rule.item for rule in worded.risk_rules}
    return [
        {
            "item": item,
            "turned": item.code in turned,
            "watched": item.code in watched,
            "changed": before is not None and before.items_by_code[item.code].text != item.text,
        }
        for item in worded.items
    ]


def _crumbs(definition: Instrument, here: str = "") -> list[dict[str, Any]]:
    wording = {"label": _("Wording")}
    address = reverse("library-wording", args=[definition.code])
    way: list[dict[str, Any]] = [
        {"label": _("Library"), "url": reverse("library")},
        {"label": definition.name, "url": reverse("library-instrument", args=[definition.code])},
    ]
    return [*way, {**wording, "url": address}, {"label": here}] if here else [*way, wording]
