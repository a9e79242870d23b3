"""What is wrong with a request for a drill, said before a stack is started for it."""

from __future__ import annotations

from glimpse.chat.failure import Failure
from glimpse.chat.settings import PREFIX, SETTINGS
from glimpse.operations.drills.names import DRILL_NAMES, MAX_CLIENTS, MIN_CLIENTS
from glimpse.operations.drills.result import DrillRequest

DEPLOY = "deploy"


def validate_request(request: DrillRequest) -> None:
    """Raises Failure: `drill_unknown`, `drill_clients_count`, `drill_environment_unused`, `drill_setting_unknown`."""
    if request.name not in DRILL_NAMES:
        raise Failure("drill_unknown", name=request.name, names=", ".join(DRILL_NAMES))
    if not MIN_CLIENTS <= request.clients <= MAX_CLIENTS:
        raise Failure("drill_clients_count", least=MIN_CLIENTS, most=MAX_CLIENTS)
    if request.environment and request.name != DEPLOY:
        raise Failure("drill_environment_unused", name=request.name)
    known = {setting.variable for setting in SETTINGS}
    if unknown := sorted(name for name in request.environment if name.startswith(PREFIX) and name not in known):
        # A task ignores it, so that the drill would show nothing of what was meant.
        raise Failure("drill_setting_unknown", names=", ".join(unknown))
