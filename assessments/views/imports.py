"""Importing answers from a file: choose it, say which column is what and look, import."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from assessments import queries
from assessments.actions import importing as actions
from assessments.forms.importing import ImportFileForm, MappingForm, moved
from assessments.importing import FaultyFile, MappingError, Preview, UnreadableFile
from assessments.models import Import, InstrumentVersion, Response
from assessments.views import import_files
from assessments.views.import_files import KeptFile
from clinic import access
from clinic.actions import Refused, care
from clinic.audit import Actor
from clinic.models import Membership, reach
from clinic.roles import Permission

SHOWN = 50


@require_safe
@access.requires(Permission.IMPORT_ANSWERS)
def imports(request: HttpRequest) -> HttpResponse:
    """The files that were imported, the newest first."""
    rows = Import.objects.visible_to(request.user).select_related("version__instrument", "by")
    context = {"imports": list(rows.order_by("-at", "-pk")[:SHOWN]), "shown": SHOWN}
    return render(request, "assessments/imports.html", context)


@require_safe
@access.requires(Permission.IMPORT_ANSWERS)
def import_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What one import did, and the older safety answers in it that this person may read."""
    rows = Import.objects.visible_to(request.user).select_related("version__instrument", "by")
    imported = rows.filter(pk=pk).first()
    if imported is None:
        raise Http404
    past = imported.mapping.get("past_risks", [])
    day = imported.mapping.get("date")
    to_read = Response.objects.visible_to(request.user).submitted().filter(pk__in=past)
    context = {
        "imported": imported,
        "day": date.fromisoformat(day) if day else None,
        "items": imported.mapping.get("items", {}),
        "missing": imported.mapping.get("missing", []),
        "past": len(past),
        "to_read": list(to_read.select_related("client").order_by("-submitted_at")),
        "crumbs": _crumbs(imported.file_name),
    }
    return render(request, "assessments/import_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires(Permission.IMPORT_ANSWERS)
def import_new(request: HttpRequest) -> HttpResponse:
    """The first step: which form was answered, and the file."""
    member = access.membership(request.user)
    form = ImportFileForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        versions=queries.newest_versions(member.practice),
        initial={"instrument": request.GET.get("instrument", "")},
    )
    if form.is_bound and form.is_valid():
        try:
            file = import_files.received(form.cleaned_data["file"], form.version.pk)
        except UnreadableFile as error:
            form.add_error("file", error.sentence)
        else:
            return redirect("import-map", token=import_files.keep(member, file))
    context = {"form": form, "crumbs": _crumbs(_("Import answers"))}
    status = 400 if form.errors else 200
    return render(request, "assessments/import_new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires(Permission.IMPORT_ANSWERS)
def import_map(request: HttpRequest, token: str) -> HttpResponse:
    """The second and third step: the mapping, with the whole file looked through, then import."""
    member = access.membership(request.user)
    file = import_files.find(member, token)
    version = None if file is None else _version(member, file)
    if file is None or version is None:
        messages.warning(
            request, _("This file is not kept any more, or was imported. Please choose it again.")
        )
        return redirect("import-new")
    chosen: QueryDict = request.POST
    upload, trouble = request.FILES.get("file"), ""
    if isinstance(upload, UploadedFile):
        try:
            chosen, file = _put_right(member, token, file, upload, chosen)
        except UnreadableFile as error:
            trouble = error.sentence
    table = file.table()
    form = MappingForm(
        chosen if request.method == "POST" else None,
        columns=table.columns,
        instrument=version.definition,
        has_clients=care.can_care(member),
    )
    if trouble:
        form.add_error("file", trouble)
    page: dict[str, Any] = {"file": file, "version": version, "form": form, "table": table}
    if not form.is_bound or not form.is_valid():
        return _map_page(request, page)
    return _look(request, member, token, page)


def _put_right(
    member: Membership, token: str, before: KeptFile, upload: UploadedFile, chosen: QueryDict
) -> tuple[QueryDict, KeptFile]:
    """Keep a file that was sent in the place of the one that waits, with the same mapping."""
    file = import_files.received(upload, before.version)
    chosen = moved(chosen, before.table().columns, file.table().columns)
    import_files.keep(member, file, token)
    return chosen, file


def _look(
    request: HttpRequest, member: Membership, token: str, page: dict[str, Any]
) -> HttpResponse:
    """Look through the file, or import it where just this was looked at before."""
    form, page["seen"] = page["form"], _seen(page["form"], page["file"])
    try:
        if request.POST.get("do") == "import" and request.POST.get("seen") == page["seen"]:
            return _import(request, member, token, page)
        page["preview"] = actions.preview_file(now=timezone.now(), **_what(request, member, page))
    except MappingError as error:
        form.refuse(error)
    except UnreadableFile as error:
        form.add_error("file", error.sentence)
    return _map_page(request, page)


def _import(
    request: HttpRequest, member: Membership, token: str, page: dict[str, Any]
) -> HttpResponse:
    what = _what(request, member, page)
    by, now = Actor.of_request(request), timezone.now()
    try:
        report = actions.import_file(by=by, now=now, file_name=page["file"].name, **what)
    except FaultyFile as error:
        return _map_page(request, {**page, "faults": error.faults})
    except Refused as refusal:
        page["form"].add_error(None, refusal.sentence)
        return _map_page(request, page)
    import_files.forget(member, token)
    if report.imported is None:
        messages.info(request, _("Every row of this file was there already. Nothing was added."))
        return redirect("imports")
    messages.success(
        request,
        ngettext("%(count)d row was imported.", "%(count)d rows were imported.", report.created)
        % {"count": report.created},
    )
    return redirect("import", pk=report.imported.pk)


def _seen(form: MappingForm, file: KeptFile) -> str:
    """The file and its mapping as a short text that the page hands back."""
    chosen = json.dumps(form.mapping().as_json(), sort_keys=True)
    return hashlib.sha256(chosen.encode() + file.content).hexdigest()[:24]


def _what(request: HttpRequest, member: Membership, page: dict[str, Any]) -> dict[str, Any]:
    """What is imported, and for whom this person may do it."""
    return {
        "practice": member.practice,
        "version": page["version"],
        "table": page["table"],
        "mapping": page["form"].mapping(),
        "reach": reach.clients_with(request.user, Permission.ENTER_ANSWERS),
    }


def _map_page(request: HttpRequest, page: dict[str, Any]) -> HttpResponse:
    found: Preview | None = page.get("preview")
    faults = page.get("faults") or (found.faults if found else None)
    context = {
        **page,
        "faults": faults if faults else None,
        "head": [item.code for item in page["version"].definition.items],
        "sample": _sample(found, page["version"]) if found else [],
        "crumbs": _crumbs(_("Import answers")),
    }
    status = 400 if page["form"].errors or faults else 200
    return render(request, "assessments/import_map.html", context, status=status)


def _sample(found: Preview, version: InstrumentVersion) -> list[dict[str, Any]]:
    """The first rows as they are understood, an unanswered item as a dash."""
    return [
        {
            "line": row.line,
            "client": row.client,
            "when": row.when or _("today"),
            "cells": [row.answers.get(item.code, "–") for item in version.definition.items],
        }
        for row in found.sample
    ]


def _version(member: Membership, file: KeptFile) -> InstrumentVersion | None:
    versions = InstrumentVersion.objects.of_practice(member.practice)
    return versions.select_related("instrument").filter(pk=file.version).first()


def _crumbs(here: str) -> list[dict[str, str]]:
    return [
        {"label": _("Library"), "url": reverse("library")},
        {"label": _("Imports"), "url": reverse("imports")},
        {"label": here, "url": ""},
    ]
