"""What a deploy keeps while it runs, and how it tells, asks and waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from glimpse.chat.failure import Failure
from glimpse.operations.releases.names import IMAGE_VARIABLE, SERVICE, Names
from glimpse.operations.releases.ports import Ports, nothing
from glimpse.operations.releases.values import Image, ServiceDeployment, ServiceEvent, TerraformPlan

POLL_SECONDS = 5.0
TOLD_EVERY_SECONDS = 15.0
LONG_SECONDS, TOLD_EVERY_LONG_SECONDS = 120.0, 60.0
"""While a step waits for AWS, it looks this often and says at most this often that it still waits: the log is read."""

REPEATED_EVENT_SECONDS = 600.0


class DeployRequest(Struct, frozen=True):
    """
    `name` and `domain` are Terraform's variables; `architecture` is X86_64 or ARM64. `image`: the digest to run instead
    of a new image. `may_ask`: whether a person is there; `is_agreed`: that person has agreed already.
    """

    name: str
    domain: str
    architecture: str = "X86_64"
    needs_vpc_origins: bool = False
    image: str | None = None
    may_ask: bool = True
    is_agreed: bool = False


class NotReady(Failure):
    """The deploy needs something of a person before it can go on."""


class DeployFailed(Failure):
    """AWS refused what was deployed."""


class Deploy:
    """One run. `names` and `image` are known after the steps `preflight` and `image`."""

    def __init__(self, request: DeployRequest, ports: Ports) -> None:
        self.request, self.ports, self.tell = request, ports, ports.tell
        self.names = Names(request.name, "", "")
        self.image = Image("", "", "")
        self.agreed: Mapping[str, frozenset[str]] = {}
        """What the plan that was agreed to does: the actions by address."""

        self.began = ports.clock.now()
        self.is_older_image = False
        self.seen_deployments: dict[str, ServiceDeployment] = {}
        """By task definition, as this run saw it last. ECS forgets what it has rolled back."""

        self.seen_events: set[str] = set()
        self.told_events: dict[str, float] = {}
        """When an event of ECS with this text was told."""

        self.has_changed = False
        """Whether this run has changed anything on AWS."""

    def tell_event(self, event: ServiceEvent) -> None:
        """ECS repeats what it cannot do every minute or so, each time as another event."""
        text = event.message.removeprefix(f"(service {SERVICE}) ")
        is_known = event.id in self.seen_events
        self.seen_events.add(event.id)
        if event.at < self.began or is_known or event.at - self.told_events.get(text, 0) < REPEATED_EVENT_SECONDS:
            return
        self.told_events[text] = event.at
        self.tell("deploy_event", text=text)

    @property
    def variables(self) -> Mapping[str, str]:
        """Those of the environment that deploy itself gives."""
        return {IMAGE_VARIABLE: self.image.digest}

    def agree(self, question: str) -> None:
        """Ask before money is spent. Raises NotReady."""
        if self.request.is_agreed:
            self.tell("deploy_agreed_before")
        elif not self.request.may_ask:
            raise NotReady("deploy_nobody_to_ask")
        elif not self.ports.confirm(question):
            raise NotReady("deploy_not_agreed")

    def apply(self, root: str, plan: TerraformPlan, look: Callable[[], None] = nothing) -> None:
        self.has_changed = True
        self.ports.terraform.apply(root, plan, look)

    def wait(self, is_over: Callable[[], bool], tell: Callable[[str], None], limit_seconds: float) -> bool:
        """
        Look until something is over, and tell that it is not with the time that has passed, as m:ss. Whether it was
        over in time.
        """
        clock = self.ports.clock
        began = told = clock.now()
        while not is_over():
            now = clock.now()
            if now - began >= limit_seconds:
                return False
            if now - told >= (TOLD_EVERY_SECONDS if now - began <= LONG_SECONDS else TOLD_EVERY_LONG_SECONDS):
                told = now
                tell(elapsed(now - began))
            clock.sleep(POLL_SECONDS)
        return True


def short(digest: str) -> str:
    """Enough of a digest to know it by; the whole one is in the registry and in the parameter."""
    return digest[: len("sha256:") + 12]


def elapsed(seconds: float) -> str:
    """As m:ss."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}"
