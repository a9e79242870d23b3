"""The timeline of a drill as a Vega-Lite specification: messages a second, and which client was away when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from glimpse.operations.drills.result import Drill
from glimpse.operations.options import Say

WIDTH, ROW_HEIGHT, RATE_HEIGHT = 640, 14, 90
MIN_ROWS, MAX_ROWS = 8, 24
"""More clients than this share a picture of how many were away, because their rows would not be readable."""

LIGHT = {
    "ink": "#1f2328",
    "faint": "#d0d7de",
    "rate": "#0969da",
    "told": "#d4a72c",
    "cut": "#cf222e",
    "mark": "#57606a",
}
DARK = {"ink": "#e6edf3", "faint": "#30363d", "rate": "#58a6ff", "told": "#d29922", "cut": "#f85149", "mark": "#8b949e"}


def specification(drill: Drill, say: Say, is_dark: bool = False) -> Mapping[str, Any]:
    colors = DARK if is_dark else LIGHT
    seconds = {"field": "second", "type": "quantitative", "title": say("drill_chart_seconds")}
    domain = {"domain": [0, max(1.0, round(drill.ended - drill.first_event_at, 1))], "nice": False}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": "transparent",
        "config": {
            "font": "sans-serif",
            "axis": {
                "labelColor": colors["ink"], "titleColor": colors["ink"], "gridColor": colors["faint"],
                "domainColor": colors["faint"], "tickColor": colors["faint"],
            },
            "legend": {"labelColor": colors["ink"], "titleColor": colors["ink"]},
            "view": {"stroke": colors["faint"]},
        },
        "resolve": {"scale": {"x": "shared"}},
        "vconcat": [
            {
                "width": WIDTH,
                "height": RATE_HEIGHT,
                "layer": [
                    {
                        "data": {"values": [
                            {"second": second, "messages": messages}
                            for second, messages in enumerate(drill.figures.acknowledged_each_second)
                        ]},
                        "mark": {"type": "area", "color": colors["rate"], "opacity": 0.6, "interpolate": "step-after"},
                        "encoding": {
                            "x": {**seconds, "title": None, "scale": domain},
                            "y": {"field": "messages", "type": "quantitative", "title": say("drill_chart_messages")},
                        },
                    },
                    *_moments(drill, say, colors),
                ],
            },
            {
                "width": WIDTH,
                "height": ROW_HEIGHT * max(MIN_ROWS, min(len(_clients(drill)), MAX_ROWS)),
                "layer": [_away(drill, say, colors, seconds, domain), *_moments(drill, say, colors, with_text=False)],
            },
        ],
    }  # fmt: skip


def _clients(drill: Drill) -> Mapping[str, int]:
    """The number of each client that lost a connection, in the order in which they did."""
    return {name: number for number, name in enumerate(dict.fromkeys(each.client for each in drill.figures.closes), 1)}


def _away(
    drill: Drill, say: Say, colors: Mapping[str, str], seconds: Mapping[str, Any], domain: Mapping[str, Any]
) -> Mapping[str, Any]:
    numbers = _clients(drill)
    told, cut = say("drill_chart_told"), say("drill_chart_cut")
    return {
        "data": {"values": [
            {
                "second": round(each.at - drill.first_event_at, 3),
                "back": round((each.back_at or drill.ended) - drill.first_event_at, 3),
                "client": numbers[each.client],
                "why": told if each.was_told else cut,
            }
            for each in drill.figures.closes
        ]},
        # A client that was back at once is a bar without width: its edge shows it.
        "mark": {"type": "bar", "height": {"band": 0.7}, "strokeWidth": 3},
        "encoding": {
            "x": {**seconds, "scale": domain},
            "x2": {"field": "back"},
            "y": {
                "field": "client", "type": "ordinal", "title": say("drill_chart_clients"),
                "axis": {"labels": len(numbers) <= MAX_ROWS, "ticks": False},
            },
            **{
                channel: {
                    "field": "why", "type": "nominal", "title": None,
                    "scale": {"domain": [told, cut], "range": [colors["told"], colors["cut"]]},
                    "legend": {"orient": "bottom"} if channel == "color" else None,
                }
                for channel in ("color", "stroke")
            },
        },
    }  # fmt: skip


def _moments(drill: Drill, say: Say, colors: Mapping[str, str], with_text: bool = True) -> list[Mapping[str, Any]]:
    moments = [(drill.taken_at, say("drill_chart_taken"))]
    if drill.recovered_at is not None:
        moments.append((drill.recovered_at, say("drill_chart_recovered")))
    data = {"values": [{"second": round(at - drill.first_event_at, 3), "moment": text} for at, text in moments]}
    x = {"field": "second", "type": "quantitative"}
    rule = {
        "data": data, "mark": {"type": "rule", "color": colors["mark"], "strokeDash": [4, 3]}, "encoding": {"x": x},
    }  # fmt: skip
    text = {
        "data": data,
        "mark": {"type": "text", "align": "left", "dx": 4, "y": -6, "color": colors["ink"]},
        "encoding": {"x": x, "text": {"field": "moment", "type": "nominal"}},
    }
    return [rule, text] if with_text else [rule]
