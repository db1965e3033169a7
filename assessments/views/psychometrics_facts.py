"""What the page of figures shows, put together for the templates."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments.charts import interval
from assessments.charts.chart import Chart, Table
from assessments.measurement.definition import Instrument, Scale
from assessments.measurement.definition.evidence import MINIMUM_LOWER_BOUND
from assessments.models import Psychometrics
from assessments.queries import estimates
from assessments.wording import psychometrics as words
from clinic.models import Practice

DASH = "–"


def of(definition: Instrument, row: Psychometrics | None, practice: Practice) -> dict[str, Any]:
    """The parts of the page that come from the kept figures."""
    if row is None:
        return {"basis": [], "scales": [], "sign_test": None}
    found = row.result
    scales = [
        _scale(definition, scale, found["scales"][scale.code], row)
        for scale in definition.scales
        if scale.code in found["scales"]
    ]
    return {
        "basis": words.basis(
            found["basis"], _day(found["basis"]["first_on"]), _day(found["basis"]["last_on"])
        ),
        "scales": scales,
        "meanings": words.meanings(of_questions=any(entry["items"] for entry in scales)),
        "sign_test": found["sign_test"] and words.sign_test(found["sign_test"]),
    }


def change(one: estimates.Offer) -> dict[str, str]:
    """What adopting would change about one scale."""
    return {
        "code": one.scale.code,
        "name": one.scale.name,
        "before": words.declared(one.scale.evidence),
        "after": words.declared(one.evidence),
        "spread_before": _spread(one.scale.evidence.sd),
        "spread_after": _spread(one.evidence.sd),
    }


def _spread(sd: float | None) -> str:
    return DASH if sd is None else f"{sd:.1f}"


def _day(iso: str | None) -> str:
    return date_format(date.fromisoformat(iso), "j M Y") if iso else ""


def _scale(
    definition: Instrument, scale: Scale, figures: dict[str, Any], row: Psychometrics
) -> dict[str, Any]:
    offer = estimates.offer(definition, scale.code, row)
    in_use = offer is not None and estimates.in_use(offer)
    return {
        "scale": scale,
        "n": words.people(figures["n"]),
        "figures": [words.alpha(figures), words.omega(figures)],
        "declared": words.declared(scale.evidence),
        "allows": words.allows(figures, in_use=in_use),
        "incomplete": words.incomplete(figures),
        "spread": figures.get("sd") and f"{figures['sd']:.1f}",
        "mean": figures.get("mean") is not None and f"{figures['mean']:.1f}",
        "chart": _chart(scale, figures),
        "items": [_item(definition, item) for item in figures.get("item_statistics", [])],
        "items_lack": words.items_lack(figures),
    }


def _chart(scale: Scale, figures: dict[str, Any]) -> Chart | None:
    found = figures.get("alpha", {})
    if "value" not in found:
        return None
    rows = [
        (_("Alpha"), words.exact(found["value"])),
        (_("Lower end"), words.exact(found["low"])),
        (_("Upper end"), words.exact(found["high"])),
    ]
    if "value" in figures.get("omega", {}):
        rows.append((_("Omega"), words.exact(figures["omega"]["value"])))
    rows.append((_("People"), f"{figures['n']:,}"))
    return interval.draw(
        found["low"],
        found["value"],
        found["high"],
        prefix=f"interval-{scale.code}",
        title=words.strip_label(scale.name, figures),
        table=Table(
            _("The figures of %(scale)s in full") % {"scale": scale.name},
            (_("Figure"), _("Value")),
            tuple(rows),
        ),
        declared=scale.evidence.reliability,
        bound=MINIMUM_LOWER_BOUND,
    )


def _item(definition: Instrument, figures: dict[str, Any]) -> dict[str, Any]:
    item = definition.items_by_code[figures["item"]]
    return {
        "name": item.text or item.code,
        "code": item.code if item.text else "",
        "reverse": figures["reverse"],
        "mean": _number(figures["mean"]),
        "sd": _number(figures["sd"]),
        "item_rest": _number(figures.get("item_rest")),
        "alpha_if_deleted": _number(figures.get("alpha_if_deleted")),
        "floor": words.share(figures["floor"]),
        "ceiling": words.share(figures["ceiling"]),
        "missing": words.share(figures["missing"]),
    }


def _number(value: float | None) -> str:
    return DASH if value is None else words.two(value)
