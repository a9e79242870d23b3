"""
Text for GitHub's Markdown.

Names that came from files stand in `<code>` with their punctuation as entities, so that none of them can open a
link, mention a person or break a table.
"""

from __future__ import annotations

import re

from glimpse.words import plain

ACTIVE = str.maketrans({character: f"&#{ord(character)};" for character in "\\`*{}[]<>#|@&~"})
EDGE = re.compile(r"(?<!\w)_|_(?!\w)")
"""An underscore inside a word stresses nothing."""

LINKS = (("://", "&#58;//"), ("www.", "www&#46;"))
"""What GitHub turns into links by itself, wherever it stands."""


def escaped(text: str) -> str:
    """
    A sentence, in which a name may stand that came from a file.

    Outside of code GitHub finds people (@) and issues (#) also where they are entities: a space without width stops it.
    """
    return re.sub("&#(64|35);", r"&#\1;&#8203;", _with_entities(text))


def code(name: str) -> str:
    """A name; its dollar signs would begin a formula."""
    return f"<code>{_with_entities(plain(name)).replace('$', '&#36;')}</code>"


def _with_entities(text: str) -> str:
    shown = EDGE.sub("&#95;", text.translate(ACTIVE))
    for active, harmless in LINKS:
        shown = shown.replace(active, harmless)
    return shown
