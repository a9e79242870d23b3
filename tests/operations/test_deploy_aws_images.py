"""
The image of `glimpse deploy`: its tag, its build, and its way into the registry.

Buildah builds and pushes for real, into the registry of ministack, which refuses to move a tag as ECR does. A machine
without a container engine can only be shown how Docker and Podman are called: a small program stands in for them and
writes down its arguments, its standard input and its environment. Layers, and whether ECR itself takes the push, are
left to an account.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from glimpse.chat.failure import Failure
from glimpse.operations.outside.deploy.builders import Builder, Login, OciBuilder, find_builder
from glimpse.operations.outside.deploy.calls import DeployCalls
from glimpse.operations.outside.deploy.clock import FakeClock
from glimpse.operations.outside.deploy.fake_aws import FakeAws, FakeImages
from glimpse.operations.outside.deploy.images import DOCKERFILE, EcrImages
from glimpse.operations.releases.ports import Images
from tests.operations.aws_stack import REGION, aws_session, running_ministack
from tests.operations.deploy_calls import Refused, StubbedAws

REPOSITORY = "glimpse-prod-api"
BUILDAH = shutil.which("buildah")


# ---- The tag


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone with one commit, an image of one file, and a page of documentation."""
    folder = tmp_path / "clone"
    for name, text in (
        (DOCKERFILE, "FROM scratch\nCOPY src/glimpse /glimpse\n"),
        ("src/glimpse/serve.py", "1"),
        ("README.md", "1"),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / ".gitignore").write_text("__pycache__/\n")
    git(folder, "init", "-q")
    commit(folder)
    return folder


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def commit(folder: Path) -> None:
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "m")


def tag_of(folder: Path) -> str:
    return EcrImages(StubbedAws({}).calls, folder, lambda: None).tag()


def test_a_clean_clone_is_tagged_with_its_commit(clone: Path) -> None:
    assert tag_of(clone) == git(clone, "rev-parse", "HEAD")[:12]


def test_what_the_image_does_not_take_does_not_change_the_tag(clone: Path) -> None:
    before = tag_of(clone)
    (clone / "README.md").write_text("2")
    (clone / "src/glimpse/__pycache__").mkdir()
    (clone / "src/glimpse/__pycache__/serve.pyc").write_bytes(b"\0")
    assert tag_of(clone) == before


def test_each_change_of_what_the_image_takes_has_a_tag_of_its_own(clone: Path) -> None:
    tags = [tag_of(clone)]
    for name, text in (("serve.py", "2"), ("serve.py", "3"), ("new.py", ""), ("new.py", "x"), ("newer.py", "x")):
        (clone / "src/glimpse" / name).write_text(text)
        tags.append(tag_of(clone))
    (clone / "src/glimpse/newer.py").rename(clone / "src/glimpse/newest.py")
    tags.append(tag_of(clone))
    git(clone, "add", "--all")
    assert len(set(tags)) == len(tags)
    assert all(tag.startswith(tags[0] + "-") for tag in tags[1:])
    commit(clone)
    assert "-" not in tag_of(clone)


def test_the_same_change_has_the_same_tag_again(clone: Path) -> None:
    (clone / "src/glimpse/serve.py").write_text("2")
    first = tag_of(clone)
    (clone / "src/glimpse/serve.py").write_text("1")
    (clone / "src/glimpse/serve.py").write_text("2")
    assert tag_of(clone) == first


def test_a_folder_without_a_commit_is_a_sentence(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    with pytest.raises(Failure) as caught:
        tag_of(tmp_path)
    assert caught.value.code == "deploy_git_failed"


# ---- Docker and Podman

STAND_IN = """\
#!{python}
import json, os, sys
kept = {{name: os.environ[name] for name in ("DOCKER_CONFIG", "DOCKER_HOST") if name in os.environ}}
text = "" if sys.stdin.isatty() else sys.stdin.read()
with open({log!r}, "a") as log:
    log.write(json.dumps([os.path.basename(sys.argv[0]), sys.argv[1:], text, kept]) + "\\n")
answers = json.load(open({answers!r}))
code, said = answers.get(sys.argv[1], [0, ""])
print(said)
sys.exit(code)
"""


class Programs:
    """A PATH with stand-ins. `answers`: the exit code and the output by command."""

    def __init__(self, folder: Path, *names: str) -> None:
        self.folder, self._log, self._answers = folder, folder / "log", folder / "answers"
        self.answer({})
        for name in names:
            text = STAND_IN.format(python=sys.executable, log=str(self._log), answers=str(self._answers))
            (folder / name).write_text(text)
            (folder / name).chmod(0o755)

    def answer(self, answers: Mapping[str, Sequence[Any]]) -> None:
        self._answers.write_text(
            json.dumps({"info": [0, "28.2.2"], "context": [0, "unix:///run/user/7.sock"], **answers})
        )

    @property
    def calls(self) -> list[Any]:
        return [json.loads(line) for line in self._log.read_text().splitlines()]


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    return Programs(folder, "docker", "podman", "buildah")


def found() -> Builder:
    builder = find_builder(["--build-arg", "BASE=b"], lambda line: None)
    assert builder is not None
    return builder


def test_docker_without_its_daemon_is_passed_over(programs: Programs) -> None:
    for answer in ([1, "Cannot connect to the Docker daemon"], [0, ""]):
        programs.answer({"info": answer})
        (programs.folder / "podman").unlink(missing_ok=True)
        (programs.folder / "buildah").unlink(missing_ok=True)
        assert find_builder([], lambda line: None) is None


def test_the_first_that_works_builds(programs: Programs) -> None:
    found().build(Path("D"), Path("C"), "linux/arm64", "r/api:t")
    assert programs.calls[-1][0] == "docker"
    (programs.folder / "docker").unlink()
    found().build(Path("D"), Path("C"), "linux/arm64", "r/api:t")
    name, arguments, _, _ = programs.calls[-1]
    assert name == "podman"
    assert arguments == [
        "build", "-f", "D", "--platform", "linux/arm64", "-t", "r/api:t",
        "--build-arg", arguments[8], "--build-arg", "BASE=b", "C",
    ]  # fmt: skip


def test_options_of_the_environment_reach_the_build(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLIMPSE_BUILD_OPTIONS", "--secret 'id=pip,src=my pip.conf'")
    found().build(Path("D"), Path("C"), "linux/amd64", "r/api:t")
    assert programs.calls[-1][1][-5:] == ["--build-arg", "BASE=b", "--secret", "id=pip,src=my pip.conf", "C"]


@pytest.mark.parametrize(("machine", "own"), [("x86_64", "linux/amd64"), ("aarch64", "linux/arm64")])
def test_buildah_is_told_where_it_builds(
    machine: str, own: str, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.machine", lambda: machine)
    for name in ("docker", "podman"):
        (programs.folder / name).unlink()
    found().build(Path("D"), Path("C"), "linux/arm64", "r/api:t")
    command = programs.calls[-1][1]
    assert command[command.index("--build-arg") + 1] == f"BUILDPLATFORM={own}"


@pytest.mark.parametrize("name", ["docker", "podman", "buildah"])
def test_the_password_is_on_no_command_line_and_in_no_file_that_stays(
    name: str, programs: Programs, tmp_path: Path
) -> None:
    for other in {"docker", "podman", "buildah"} - {name}:
        (programs.folder / other).unlink()
    found().push("registry/api:t", Login("registry", "AWS", "very-secret"), tmp_path / "login")
    login = next(call for call in programs.calls if call[1][0] == "login")
    assert login[2] == "very-secret"
    assert "--password-stdin" in login[1]
    assert all("very-secret" not in " ".join(call[1]) for call in programs.calls)
    for call in programs.calls:
        if call[1][0] in ("login", "push"):
            where = call[3].get("DOCKER_CONFIG") or call[1][call[1].index("--authfile") + 1]
            assert Path(where).is_relative_to(tmp_path / "login")


def test_docker_pushes_by_the_daemon_of_the_users_context(programs: Programs, tmp_path: Path) -> None:
    found().push("registry/api:t", Login("registry", "AWS", "very-secret"), tmp_path)
    assert programs.calls[-1][3] == {"DOCKER_CONFIG": str(tmp_path), "DOCKER_HOST": "unix:///run/user/7.sock"}


def test_a_build_that_fails_ends_in_the_last_lines_of_its_output(programs: Programs) -> None:
    programs.answer({"build": [1, "\n".join(f"line {number}" for number in range(99))]})
    lines: list[str] = []
    builder = find_builder([], lines.append)
    assert builder is not None
    with pytest.raises(Failure) as caught:
        builder.build(Path("D"), Path("C"), "linux/amd64", "r/api:t")
    assert len(lines) == 99
    assert caught.value.values["program"] == "docker"
    assert caught.value.values["detail"] == "line 96 / line 97 / line 98"


# ---- The registry: one contract for the fake and for ministack's, to which Buildah pushes


@pytest.fixture(scope="module")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_ministack(tmp_path_factory.mktemp("ministack")) as url:
        aws_session().client("ecr", endpoint_url=url).create_repository(
            repositoryName=REPOSITORY, imageTagMutability="IMMUTABLE"
        )
        yield url


@pytest.fixture(params=["fake", "buildah"])
def registry(
    request: pytest.FixtureRequest, clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Images, str]:
    """The port, and the address of the repository."""
    if request.param == "fake":
        return FakeImages(FakeAws(FakeClock())), f"111122223333.dkr.ecr.{REGION}.amazonaws.com/{REPOSITORY}"
    if BUILDAH is None:
        pytest.skip("Buildah is not installed")
    return buildah_registry(request.getfixturevalue("ministack"), clone, tmp_path, monkeypatch)


def buildah_registry(url: str, clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Images, str]:
    assert BUILDAH is not None
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    monkeypatch.setenv("STORAGE_DRIVER", "vfs")
    monkeypatch.setenv("BUILDAH_ISOLATION", "chroot")
    # Buildah takes where its images are from a file; on a command line it would have to be in each.
    storage = tmp_path / "storage.conf"
    storage.write_text(f'[storage]\ndriver = "vfs"\nrunroot = "{tmp_path}/run"\ngraphroot = "{tmp_path}/images"\n')
    monkeypatch.setenv("CONTAINERS_STORAGE_CONF", str(storage))
    builder = OciBuilder(BUILDAH, [], lambda line: None)
    images = EcrImages(DeployCalls(aws_session(), REGION), clone, lambda: builder)
    return images, f"{url.removeprefix('http://')}/{REPOSITORY}"


def test_an_image_is_found_by_its_tag_and_its_digest_once_it_is_pushed(registry: tuple[Images, str]) -> None:
    images, address = registry
    tag = images.tag()
    assert images.find(REPOSITORY, tag) is None
    pushed = images.build_and_push(address, tag, "X86_64")
    assert (pushed.address, pushed.tag) == (address, tag)
    assert pushed.digest.startswith("sha256:")
    found = images.find(REPOSITORY, tag)
    assert found is not None
    assert (found.digest, found.tag) == (pushed.digest, tag)
    assert images.digest_exists(REPOSITORY, pushed.digest)
    assert not images.digest_exists(REPOSITORY, "sha256:" + "f" * 64)
    assert images.build_and_push(address, tag, "X86_64") == pushed, "a tag that is there is no error"


@pytest.mark.skipif(BUILDAH is None, reason="Buildah is not installed")
def test_a_tag_of_another_image_is_kept_and_its_digest_is_what_counts(
    ministack: str, clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    images, address = buildah_registry(ministack, clone, tmp_path, monkeypatch)
    first = images.build_and_push(address, "kept", "X86_64")
    (clone / "src/glimpse/serve.py").write_text("2")
    assert images.build_and_push(address, "kept", "X86_64") == first
    assert images.build_and_push(address, "moved-on", "X86_64").digest != first.digest
    assert images.build_and_push(address, "other", "ARM64").digest != first.digest
    assert not list((tmp_path / "temporary").iterdir()), "the login is gone"


@pytest.mark.skipif(BUILDAH is None, reason="Buildah is not installed")
def test_a_push_that_fails_is_a_sentence(
    ministack: str, clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images, address = buildah_registry(ministack, clone, tmp_path, monkeypatch)
    with pytest.raises(Failure) as caught:
        images.build_and_push(address.replace(REPOSITORY, "no-such-repository"), "t", "X86_64")
    assert (caught.value.code, caught.value.values["command"]) == ("deploy_builder_failed", "push")


@pytest.mark.parametrize(
    "answer", [{"imageDetails": []}, Refused("ImageNotFoundException"), Refused("RepositoryNotFoundException")]
)
def test_an_image_or_a_registry_that_is_not_there_is_none(answer: Any, tmp_path: Path) -> None:
    images = EcrImages(StubbedAws({"DescribeImages": answer}).calls, tmp_path, lambda: None)
    assert images.find(REPOSITORY, "t") is None


def test_the_address_of_an_image_that_is_found_is_the_registrys(tmp_path: Path) -> None:
    details = [{"registryId": "111122223333", "repositoryName": REPOSITORY, "imageDigest": "sha256:1"}]
    images = EcrImages(StubbedAws({"DescribeImages": {"imageDetails": details}}).calls, tmp_path, lambda: None)
    image = images.find(REPOSITORY, "t")
    assert image is not None
    assert image.address == f"111122223333.dkr.ecr.{REGION}.amazonaws.com/{REPOSITORY}"


def test_without_a_builder_the_sentence_says_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(Failure) as caught:
        EcrImages(StubbedAws({}).calls, tmp_path, lambda: None).build_and_push("r/api", "t", "X86_64")
    assert caught.value.values == {"looked": "docker, podman, buildah"}
