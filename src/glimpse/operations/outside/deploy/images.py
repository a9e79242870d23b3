"""The image of the working tree: its tag, and its way into Amazon ECR. What counts is the digest that ECR tells."""

from __future__ import annotations

import base64
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

from glimpse.chat.failure import Failure
from glimpse.operations.outside.deploy.builders import CHECKS, PLATFORMS, Builder, Login
from glimpse.operations.outside.deploy.calls import AwsFailure, DeployCalls
from glimpse.operations.releases.values import Image

DOCKERFILE = "infrastructure/docker/Dockerfile"
IMAGE_PATHS = (".dockerignore", "infrastructure/docker", "src/glimpse")
"""What the image is made of."""

MAX_TAG_COMMIT, MAX_TAG_CHANGES = 12, 8
"""Characters of the commit, and of the hash of what differs from it."""

UNKNOWN = {"ImageNotFoundException", "RepositoryNotFoundException"}


class EcrImages:
    """Implements releases.ports.Images. `find_builder` is only called where something has to be built."""

    def __init__(self, calls: DeployCalls, repository_root: Path, find_builder: Callable[[], Builder | None]) -> None:
        self._calls, self._root, self._find_builder = calls, repository_root, find_builder

    def tag(self) -> str:
        commit = self._git("rev-parse", "HEAD").decode().strip()[:MAX_TAG_COMMIT]
        changes = self._changes()
        return f"{commit}-{sha256(changes).hexdigest()[:MAX_TAG_CHANGES]}" if changes else commit

    def _changes(self) -> bytes:
        """What the image takes and the commit lacks: changed files, and new ones that Git does not know yet."""
        changed = self._git("diff", "--binary", "--no-ext-diff", "--no-textconv", "HEAD", "--", *IMAGE_PATHS)
        names = self._git("ls-files", "--others", "--exclude-standard", "-z", "--", *IMAGE_PATHS)
        parts = [changed]
        for name in sorted(filter(None, names.split(b"\0"))):
            parts += [name, sha256((self._root / name.decode()).read_bytes()).digest()]
        return b"\0".join(parts) if any(parts) else b""

    def _git(self, *arguments: str) -> bytes:
        try:
            command = ["git", *arguments]
            found = subprocess.run(command, cwd=self._root, capture_output=True, stdin=subprocess.DEVNULL)  # noqa: S603
        except OSError as error:
            raise Failure("deploy_git_failed", folder=str(self._root), detail=error.strerror or str(error)) from None
        if found.returncode != 0:
            detail = found.stderr.decode(errors="replace").strip() or "–"
            raise Failure("deploy_git_failed", folder=str(self._root), detail=detail)
        return found.stdout

    def find(self, repository: str, tag: str) -> Image | None:
        return self._describe(repository, {"imageTag": tag}, tag)

    def digest_exists(self, repository: str, digest: str) -> bool:
        return self._describe(repository, {"imageDigest": digest}, "") is not None

    def _describe(self, repository: str, identifier: dict[str, str], tag: str) -> Image | None:
        try:
            answer = self._calls.call("ecr", "describe_images", repositoryName=repository, imageIds=[identifier])
        except AwsFailure as failure:
            if failure.error_code in UNKNOWN:
                return None
            raise
        # Where ECR refuses an unknown image, some emulators tell none.
        if not answer["imageDetails"]:
            return None
        found = answer["imageDetails"][0]
        registry = f"{found['registryId']}.dkr.ecr.{self._calls.region}.amazonaws.com"
        return Image(f"{registry}/{repository}", tag, found["imageDigest"])

    def build_and_push(self, address: str, tag: str, architecture: str) -> Image:
        """`address` is the repository's, as REGISTRY/NAME. A tag that another deploy has pushed meanwhile is taken."""
        builder = self._find_builder()
        if builder is None:
            raise Failure("deploy_no_builder", looked=", ".join(CHECKS))
        registry, _, repository = address.partition("/")
        image = f"{address}:{tag}"
        builder.build(self._root / DOCKERFILE, self._root, PLATFORMS[architecture], image)
        with tempfile.TemporaryDirectory(prefix="glimpse-login-") as folder:
            try:
                builder.push(image, self._login(registry), Path(folder))
            except Failure:
                # Tags of the repository cannot be moved, so a push of one that is there fails.
                if (found := self.find(repository, tag)) is None:
                    raise
                return Image(address, tag, found.digest)
        found = self.find(repository, tag)
        if found is None:
            raise Failure("deploy_push_lost", image=image)
        return Image(address, tag, found.digest)

    def _login(self, registry: str) -> Login:
        data: Sequence[dict[str, str]] = self._calls.call("ecr", "get_authorization_token")["authorizationData"]
        user, _, password = base64.b64decode(data[0]["authorizationToken"]).decode().partition(":")
        return Login(registry, user, password)
