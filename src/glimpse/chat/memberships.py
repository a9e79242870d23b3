"""Why a user may not be made a member of a conversation. Every store refuses with these reasons."""

from __future__ import annotations

from glimpse.chat.refusals import FORBIDDEN

IN_A_BLOCK = FORBIDDEN.because("you blocked a member whom you named, or they blocked you")
HAS_LEFT = FORBIDDEN.because("a member whom you named has left; whoever left returns only by joining again")
