"""The container image, built by buildah on a Debian of its own and started as ECS starts it."""

import json
import struct
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import pytest

from benchmarks.image.container import IMAGE, Container, Images, fast_folder, size_bytes, why_not
from glimpse.chat.outside.child_process import free_port
from glimpse.chat.outside.postgres.embedded import EmbeddedPostgres
from glimpse.operations.outside.control_group import ControlGroup, why_no_control_groups
from tests.infrastructure.test_image import DOCKER, ROOT, certificates, normalised, pins

pytestmark = pytest.mark.skipif(why_not() is not None, reason=why_not() or "")

ARM64, SBOM = "localhost/glimpse-arm64", "localhost/sbom"
MACHINES = {62: "amd64", 183: "arm64"}
"""The numbers of an ELF header's `e_machine`: EM_X86_64 and EM_AARCH64."""
MAX_ADDED_BYTES = 130_000_000
MAX_IDLE_BYTES = 80_000_000
TASK_BYTES = 512 * 2**20

CREDENTIALS = {
    "AccessKeyId": "of-the-role",
    "SecretAccessKey": "x",
    "Token": "t",
    "Expiration": "2099-01-01T00:00:00Z",
}


@pytest.fixture(scope="module")
def images() -> Iterator[Images]:
    # Not a folder of pytest's, which keeps those of its last three runs: this is a gigabyte.
    with TemporaryDirectory(dir=fast_folder()) as folder, Images(Path(folder)) as images:
        images.make_base()
        images.build(IMAGE, "--layers")
        yield images


@pytest.fixture(scope="module")
def root(images: Images) -> Path:
    return images.mount(IMAGE)


@pytest.fixture(scope="module")
def configuration(images: Images) -> dict[str, Any]:
    return images.configuration(IMAGE)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with EmbeddedPostgres(tmp_path_factory.mktemp("postgres")) as url:
        yield url


def python_in(root: Path, configuration: dict[str, Any], code: str, **environment: str) -> str:
    with Container(root, configuration, environment, ["python3", "-c", code]) as container:
        exit_code, said = container.wait()
    assert exit_code == 0, said
    return said.strip()


def test_the_image_migrates_a_database_and_serves_from_it_until_it_is_told_to_stop(
    root: Path, configuration: dict[str, Any], database: str
) -> None:
    port = free_port()
    settings = {
        "GLIMPSE_DATABASE_URL": database,
        "GLIMPSE_JWT_SECRETS": "a-secret-of-nobody-with-forty-characters",
        "GLIMPSE_PORT": str(port),
        "GLIMPSE_DRAIN_SECONDS": "0",
    }
    assert configuration["Cmd"] == ["glimpse", "serve"]
    with Container(root, configuration, settings, ["glimpse", "migrate"]) as migration:
        exit_code, said = migration.wait()
    assert exit_code == 0, said
    why_unlimited = why_no_control_groups()
    group = ControlGroup(f"glimpse-image-{port}", share=0.25, max_bytes=TASK_BYTES)
    folders = [] if why_unlimited else group.folders
    if folders:
        group.create()
    try:
        with Container(root, configuration, settings, control_groups=folders) as task:
            task.wait_until_healthy(port)
            status = Path(f"/proc/{task.first_process()}/status").read_text()
            assert "\nUid:\t1000\t1000\t1000\t1000\n" in status
            assert "\nGid:\t1000\t1000\t1000\t1000\n" in status
            assert task.memory_bytes() < MAX_IDLE_BYTES
            exit_code, said = task.terminate()
            assert exit_code == 0, said
    finally:
        group.remove()


def test_only_tmp_can_be_written_to(root: Path, configuration: dict[str, Any]) -> None:
    code = """
import errno, tempfile
with tempfile.TemporaryFile() as file:
    file.write(b"x")
for folder in ("/var/tmp", "/tmp/../var/tmp"):
    try:
        open(folder + "/x", "w")
    except OSError as error:
        assert error.errno == errno.EROFS, error
    else:
        raise SystemExit("written to " + folder)
"""
    python_in(root, configuration, code)
    assert list(configuration["Volumes"]) == ["/tmp"]
    assert (root / "tmp").stat().st_mode & 0o7777 == 0o1777


def test_everything_is_compiled_and_nothing_will_be(root: Path, configuration: dict[str, Any]) -> None:
    assert "PYTHONDONTWRITEBYTECODE=1" in configuration["Env"]
    code = """
import sys
import glimpse.chat.app, glimpse.cli, glimpse.chat.outside.valkey_bus, glimpse.chat.outside.s3.objects, botocore.session
import argon2, http.client, jwt.algorithms, os, glimpse.chat.outside.metrics
from glimpse.chat.names import display_name
display_name("Ada")
for name, module in sorted(sys.modules.items()):
    cached = getattr(module, "__cached__", None)
    if cached and not os.path.exists(cached):
        print(name)
"""
    assert python_in(root, configuration, code) == ""


def test_the_tasks_role_gives_credentials(root: Path, configuration: dict[str, Any]) -> None:
    class Agent(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(CREDENTIALS).encode())

        def log_message(self, format: str, *args: Any) -> None:
            pass

    code = "from botocore.session import Session; print(Session().get_credentials().access_key)"
    with HTTPServer(("127.0.0.1", 0), Agent) as agent:
        thread = Thread(target=agent.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{agent.server_port}/credentials"
        said = python_in(root, configuration, code, AWS_CONTAINER_CREDENTIALS_FULL_URI=address)
        agent.shutdown()
        thread.join()
    assert said == CREDENTIALS["AccessKeyId"]


def test_botocore_can_still_assume_a_role(root: Path, configuration: dict[str, Any]) -> None:
    code = """
from botocore.session import Session
print(Session().create_client("sts", region_name="ap-northeast-2").meta.endpoint_url)
"""
    assert python_in(root, configuration, code) == "https://sts.ap-northeast-2.amazonaws.com"


def test_the_authorities_of_rds_are_trusted_by_their_file(root: Path, configuration: dict[str, Any]) -> None:
    code = """
import ssl
print(len(ssl.create_default_context(cafile="/etc/ssl/certs/rds-global-bundle.pem").get_ca_certs()))
"""
    assert python_in(root, configuration, code) == str(len(certificates()))


def test_the_image_is_small_and_holds_nothing_but_the_program(images: Images, root: Path) -> None:
    base = images.mount("localhost/base")
    assert size_bytes(root) - size_bytes(base) < MAX_ADDED_BYTES
    (packages,) = (root / "opt/glimpse/lib").glob("python3.*/site-packages")
    ours = {path.relative_to(packages) for path in (packages / "glimpse").rglob("*") if path.is_file()}
    source = {path.relative_to(ROOT / "src") for path in (ROOT / "src/glimpse").rglob("*") if path.is_file()}
    assert {path for path in ours if path.suffix != ".pyc"} == {path for path in source if path.suffix != ".pyc"}
    assert not list(packages.glob("pip*"))


def test_the_list_of_parts_names_each_library_with_its_licence(images: Images) -> None:
    images.build(SBOM, "--layers", "--target", "sbom")
    folder = images.mount(SBOM)
    components = json.loads((folder / "sbom.cdx.json").read_text())["components"]
    python = {each["name"]: each["version"] for each in components if each["purl"].startswith("pkg:pypi/")}
    locked = pins(DOCKER / "requirements.lock")
    # Only Python before 3.11.3 needs it.
    optional = {"async-timeout"}
    assert {normalised(name) for name in locked} - optional <= python.keys() <= locked.keys() | {"glimpse-chat"}
    assert all(python[name] == version for name, version in locked.items() if name in python)
    assert any(each["purl"].startswith("pkg:deb/debian/python3@") for each in components)
    lines = (folder / "licenses.txt").read_text().splitlines()
    assert len(lines) == len(python)
    assert not [line for line in lines if line.endswith("not stated")]


def test_the_same_image_is_assembled_for_arm64(images: Images, root: Path) -> None:
    images.build(ARM64, "--layers", "--build-arg", "TARGETARCH=arm64")
    other = images.mount(ARM64)
    assert machines(root / "opt/glimpse") == {"amd64"}
    assert machines(other / "opt/glimpse") == {"arm64"}
    assert names(root / "opt/glimpse", ".py") == names(other / "opt/glimpse", ".py")


def machines(tree: Path) -> set[str]:
    """For which processors its shared libraries are."""
    headers = [path.read_bytes()[:20] for path in tree.rglob("*.so*") if path.is_file()]
    assert len(headers) > 5
    return {MACHINES[struct.unpack_from("<H", header, 18)[0]] for header in headers}


def names(tree: Path, suffix: str) -> set[Path]:
    return {path.relative_to(tree) for path in tree.rglob(f"*{suffix}")}
