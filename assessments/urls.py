"""The addresses of forms, answers and movement."""

from django.urls import URLPattern, path

from assessments.views import (
    alerts,
    answer,
    appointments,
    assign,
    batteries,
    calendars,
    caseload,
    client,
    client_forms,
    coming,
    correct,
    entry,
    hand_over,
    imports,
    intake,
    library,
    links,
    message_wording,
    outgoing,
    paper,
    plans,
    psychometrics,
    references,
    responses,
    say,
    wording,
)

# Reading: caseload, client page, inbox, library.
reading: list[URLPattern] = [
    path("caseload/", caseload.caseload, name="caseload"),
    path("caseload/order/", caseload.order, name="caseload-order"),
    path("inbox/", alerts.inbox, name="inbox"),
    path("library/", library.library, name="library"),
    path("library/<slug:code>/", library.instrument, name="library-instrument"),
    path("library/<slug:code>/wording/", wording.library_wording, name="library-wording"),
    path(
        "library/<slug:code>/wording/skeleton/",
        wording.library_wording_skeleton,
        name="library-wording-skeleton",
    ),
    path("library/<slug:code>/psychometrics/", psychometrics.page, name="psychometrics"),
    path(
        "library/<slug:code>/psychometrics/compute/",
        psychometrics.compute,
        name="psychometrics-compute",
    ),
    path(
        "library/<slug:code>/psychometrics/adopt/",
        psychometrics.adopt,
        name="psychometrics-adopt",
    ),
    path("clients/<uuid:pk>/", client.client, name="client"),
    path("clients/<uuid:pk>/review/", client.client_review, name="client-review"),
    path("clients/<uuid:pk>/events/", client.event_add, name="event-add"),
    path("events/<uuid:pk>/remove/", client.event_remove, name="event-remove"),
    path("alerts/<uuid:pk>/acknowledge/", alerts.acknowledge, name="alert-acknowledge"),
    path("alerts/<uuid:pk>/resolve/", alerts.resolve, name="alert-resolve"),
]

# Asking: adding clients, assigning, links, entry by staff.
asking: list[URLPattern] = [
    path("clients/add/", intake.client_add, name="client-add"),
    path("clients/<uuid:pk>/assign/", assign.assign, name="assign"),
    path("clients/<uuid:pk>/assign/<uuid:battery>/", assign.assign_battery, name="assign-battery"),
    path("clients/<uuid:pk>/reference/", references.reference, name="reference"),
    path("clients/<uuid:pk>/forms/", client_forms.client_forms, name="client-forms"),
    path("clients/<uuid:pk>/paper/", paper.choose, name="paper"),
    path("clients/<uuid:pk>/paper/<slug:code>/", paper.enter, name="paper-enter"),
    path("assignments/<uuid:pk>/end/", assign.assignment_end, name="assignment-end"),
    path("occasions/<uuid:pk>/link/", links.occasion_link, name="occasion-link"),
    path(
        "occasions/<uuid:pk>/link/revoke/",
        links.occasion_link_revoke,
        name="occasion-link-revoke",
    ),
    path(
        "occasions/<uuid:pk>/hand-over/",
        hand_over.occasion_hand_over,
        name="occasion-hand-over",
    ),
    path("occasions/<uuid:pk>/enter/", entry.occasion_enter, name="occasion-enter"),
    path("responses/<uuid:pk>/", responses.response, name="response"),
    path("responses/<uuid:pk>/correct/", correct.choose, name="response-correct"),
    path(
        "responses/<uuid:pk>/correct/client/",
        correct.correct,
        {"kind": "client"},
        name="response-move",
    ),
    path(
        "responses/<uuid:pk>/correct/date/",
        correct.correct,
        {"kind": "date"},
        name="response-redate",
    ),
    path(
        "responses/<uuid:pk>/correct/void/",
        correct.correct,
        {"kind": "void"},
        name="response-void",
    ),
]

# Plans: changed, paused, resumed, ended; one form of them left out.
changing: list[URLPattern] = [
    path("plans/<uuid:pk>/change/", plans.plan_change, name="plan-change"),
    path("plans/<uuid:pk>/pause/", plans.plan_pause, name="plan-pause"),
    path("plans/<uuid:pk>/resume/", plans.plan_resume, name="plan-resume"),
    path("plans/<uuid:pk>/end/", plans.plan_end, name="plan-end"),
    path("plans/<uuid:pk>/noted/", plans.plan_noted, name="plan-noted"),
    path("occasions/<uuid:pk>/skip/", plans.occasion_skip, name="occasion-skip"),
]

# Batteries: what is given together.
given_together: list[URLPattern] = [
    path("batteries/", batteries.batteries, name="batteries"),
    path("batteries/new/", batteries.battery_new, name="battery-new"),
    path("batteries/starter/", batteries.battery_starter, name="battery-starter"),
    path("batteries/<uuid:pk>/", batteries.battery, name="battery"),
    path("batteries/<uuid:pk>/retire/", batteries.battery_retire, name="battery-retire"),
]

# Messages: what became of them, and their wording.
messages: list[URLPattern] = [
    path("messages/", outgoing.outgoing, name="messages"),
    path("messages/<uuid:pk>/again/", outgoing.message_again, name="message-again"),
    path("messages/wording/", message_wording.message_wordings, name="message-wordings"),
    path(
        "messages/wording/<slug:kind>/<slug:channel>/",
        message_wording.message_wording,
        name="message-wording",
    ),
]

# The calendar of what goes out when.
calendar_pages: list[URLPattern] = [
    path("calendar/", coming.calendar, name="calendar"),
    path("clients/<uuid:pk>/calendar/", coming.client_calendar, name="client-calendar"),
]

# Appointments, by hand and from calendars.
appointing: list[URLPattern] = [
    path("appointments/", appointments.appointments, name="appointments"),
    path("appointments/calendar/", calendars.calendar_new, name="calendar-new"),
    path("appointments/calendar/<str:token>/", calendars.calendar_look, name="calendar-look"),
    path("appointments/<uuid:pk>/", appointments.appointment, name="appointment"),
    path(
        "appointments/<uuid:pk>/call-off/",
        appointments.appointment_call_off,
        name="appointment-call-off",
    ),
    path(
        "clients/<uuid:pk>/appointments/",
        appointments.client_appointments,
        name="client-appointments",
    ),
]

# Importing: files of answers.
importing: list[URLPattern] = [
    path("imports/", imports.imports, name="imports"),
    path("imports/new/", imports.import_new, name="import-new"),
    path("imports/new/<str:token>/", imports.import_map, name="import-map"),
    path("imports/<uuid:pk>/", imports.import_detail, name="import"),
]

# Answering: what the holder of a personal link sees.
answering: list[URLPattern] = [
    path("f/", answer.start, name="form"),
    path("f/<int:number>/", answer.item, name="form-item"),
    path("f/review/", answer.review, name="form-review"),
    path("f/submit/", answer.submit, name="form-submit"),
    path("f/save/", answer.save, name="form-save"),
    path("f/done/", answer.done, name="form-done"),
    path("f/who/", hand_over.who, name="form-who"),
    path("f/next/", hand_over.go_on, name="form-next"),
    path("f/pause/", say.pause, name="form-pause"),
    path("f/resume/", say.resume, name="form-resume"),
    # Last, since a token may look like anything.
    path("f/<str:token>/", answer.landing, name="form-landing"),
]

urlpatterns = [
    *reading,
    *asking,
    *changing,
    *given_together,
    *messages,
    *calendar_pages,
    *appointing,
    *importing,
    *answering,
]
