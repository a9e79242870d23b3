"""The result of a drill as one page of HTML that needs nothing else."""

from __future__ import annotations

from html import escape

from glimpse.operations.drills.result import Drill
from glimpse.operations.drills.terminal import conditions, event_text, figure_lines, measured, subject_text, verdict
from glimpse.operations.options import Say

STYLE = """
:root { color-scheme: light dark; --ink: #1f2328; --faint: #d0d7de; --kept: #1a7f37; --broken: #cf222e; --page: #fff }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --faint: #30363d; --kept: #3fb950; --broken: #f85149; --page: #0d1117 }
  .light { display: none }
}
@media (prefers-color-scheme: light) { .dark { display: none } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 50rem;
  margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
td { padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--faint); vertical-align: top }
td:first-child { white-space: nowrap }
.kept { color: var(--kept) } .broken { color: var(--broken); font-weight: 600 }
svg { max-width: 100%; height: auto }
"""


def page(drill: Drill, say: Say, light_svg: str, dark_svg: str) -> str:
    promises = "".join(
        f'<tr><td class="{"kept" if promise.is_kept else "broken"}">'
        f"{escape(say('drill_kept' if promise.is_kept else 'drill_broken'))}</td>"
        f"<td>{escape(say(promise.code))}</td><td>{escape(measured(promise, say))}</td></tr>"
        for promise in drill.promises
    )
    remarks = "".join(f"<p>{escape(say(code))}</p>" for code in drill.remarks)
    figures = "".join(f"<li>{escape(line)}</li>" for line in figure_lines(drill, say))
    events = "".join(
        f"<tr><td>{event.at - drill.first_event_at:.1f} s</td><td>{escape(subject_text(event, say))}</td>"
        f"<td>{escape(event_text(event, say))}</td></tr>"
        for event in drill.timeline
    )
    title = escape(verdict(drill, say))
    return (
        f'<!doctype html>\n<html lang="{say.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{title}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<h1>{title}</h1>\n<p>{escape(conditions(drill, say))}</p>\n{remarks}\n"
        f"<h2>{escape(say('drill_page_promises'))}</h2>\n<table>{promises}</table>\n"
        f"<h2>{escape(say('drill_page_figures'))}</h2>\n<ul>{figures}</ul>\n"
        f"<h2>{escape(say('drill_page_timeline'))}</h2>\n"
        f'<div class="light">{light_svg}</div><div class="dark">{dark_svg}</div>\n<table>{events}</table>\n'
        "</body>\n</html>\n"
    )
