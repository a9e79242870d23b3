"""What the environment of a task may contain, and what people are told when it is invalid."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from glimpse.chat.settings import (
    MIGRATION_SETTINGS,
    MIN_SECRET_BYTES,
    SETTINGS,
    InvalidSettings,
    Settings,
    read_migration_settings,
    read_settings,
)
from glimpse.words import codes
from tests.chat.conftest import in_english
from tests.conftest import REPOSITORY

SECRET = "a" * MIN_SECRET_BYTES


def refusals(**given: str) -> list[tuple[str, str | int]]:
    """The code and the variable of each failure."""
    with pytest.raises(InvalidSettings) as raised:
        read_settings({f"GLIMPSE_{name.upper()}": text for name, text in given.items()})
    return [(failure.code, failure.values["variable"]) for failure in raised.value.failures]


def test_an_empty_environment_means_the_defaults() -> None:
    assert read_settings({}) == Settings()
    assert read_settings({setting.variable: " " for setting in SETTINGS}) == Settings()


def test_the_defaults_that_help_shows_are_valid() -> None:
    assert read_settings({setting.variable: setting.default for setting in SETTINGS}) == Settings()


def test_each_number_has_bounds_and_each_setting_a_meaning() -> None:
    for setting in (*SETTINGS, *MIGRATION_SETTINGS):
        assert f"setting_of_{setting.field}" in codes()
        assert setting.type is not int, setting.field
        if int in get_args(setting.type):
            [bounds] = setting.type.__metadata__
            assert bounds.ge is not None, setting.field
            assert bounds.le is not None, setting.field


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("database_url", "postgres://user:password@host/chat", "postgres://user:password@host/chat"),
        ("bus_url", "postgresql:", "postgresql:"),
        ("bus_url", "valkeys://cache:6379", "valkeys://cache:6379"),
        ("port", " 0080 ", 80),
        ("jwt_secrets", f" {SECRET}, {'é' * 16},", (SECRET, "é" * 16)),
        ("allowed_origins", "https://a.example, https://b.example", {"https://a.example", "https://b.example"}),
        ("jwt_audience", "web, phone", ("web", "phone")),
        ("jwks", '{"keys": []}', '{"keys": []}'),
        ("jwks_url", "https://issuer.example/.well-known/jwks.json", "https://issuer.example/.well-known/jwks.json"),
        ("signup", "off", "off"),
        ("refuse_location", "on", "on"),
        ("s3_bucket", "chat-files-2", "chat-files-2"),
        ("s3_endpoint", "http://localhost:9000/", "http://localhost:9000/"),
    ],
)
def test_a_valid_text_becomes_a_value(field: str, text: str, value: object) -> None:
    read = read_settings({"GLIMPSE_JWT_SECRETS": SECRET, f"GLIMPSE_{field.upper()}": text})
    assert getattr(read, field) == value


@pytest.mark.parametrize("text", ["59", "31536001", "-60", "+60", "60.0", "6e1", "1_000", "0x60", "٦٠", "0000000060"])
def test_a_number_is_a_decimal_of_at_most_nine_digits_within_its_bounds(text: str) -> None:
    with pytest.raises(InvalidSettings) as raised:
        read_settings({"GLIMPSE_TOKEN_SECONDS": text})
    [failure] = raised.value.failures
    assert in_english(failure) == "GLIMPSE_TOKEN_SECONDS must be a whole number from 60 to 31536000."


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("database_url", "mysql://host/chat", "setting_database"),
        ("bus_url", "kafka://host", "setting_bus"),
        ("bus_url", "postgresql:chat", "setting_bus"),
        ("s3_bucket", "no.dots", "setting_bucket"),
        ("s3_bucket", "abc\nd", "setting_bucket"),
        ("s3_endpoint", "https://host/path", "setting_url"),
        ("s3_endpoint", "host", "setting_url"),
    ],
)
def test_an_invalid_text_is_refused_with_the_name_of_its_variable(field: str, text: str, code: str) -> None:
    assert refusals(**{field: text}) == [(code, f"GLIMPSE_{field.upper()}")]


def test_everything_that_is_invalid_is_told_at_once_and_no_secret_is() -> None:
    short = "a-secret-too-short"
    with pytest.raises(InvalidSettings) as raised:
        read_settings({"GLIMPSE_PORT": "x", "GLIMPSE_JWT_SECRETS": f"{SECRET},{short}", "GLIMPSE_S3_BUCKET": "-"})
    told = [in_english(failure) for failure in raised.value.failures]
    assert [each.partition(" ")[0] for each in told] == ["GLIMPSE_PORT", "GLIMPSE_JWT_SECRETS:", "GLIMPSE_S3_BUCKET"]
    assert "32 bytes or more" in told[1]
    assert short not in repr(raised.value) + "".join(told)


@pytest.mark.parametrize("secrets", ["", ","])
def test_a_database_of_ones_own_needs_a_secret(secrets: str) -> None:
    database = "postgresql://host/chat"
    missing = [("setting_secret_missing", "GLIMPSE_JWT_SECRETS")]
    assert refusals(database_url=database, jwt_secrets=secrets) == missing
    assert refusals(database_url=database, jwt_secrets="short") == [("setting_secret", "GLIMPSE_JWT_SECRETS")]


def test_the_settings_of_cloudfront_are_given_together() -> None:
    given = {"cloudfront_url": "https://files.example.com", "cloudfront_key_id": "K1", "cloudfront_private_key": "key"}
    for field in given:
        others = {name: text for name, text in given.items() if name != field}
        assert refusals(**others) == [("setting_together", f"GLIMPSE_{field.upper()}")]


def test_a_setting_is_added_by_its_field_and_its_meaning(tmp_path: Path) -> None:
    """In a copy of the program: `--help` lists it, and the service refuses a value out of its bounds."""
    program = tmp_path / "glimpse"
    shutil.copytree(REPOSITORY / "src/glimpse", program, ignore=shutil.ignore_patterns("__pycache__"))
    module = program / "chat/settings.py"
    before, last, after = module.read_text().partition('    s3_bucket: BucketName = ""\n')
    assert last
    module.write_text(f"{before}    rooms_per_user: Annotated[int, Meta(ge=1, le=9)] = 7\n{last}{after}")
    for language, meaning in (("en", "the most rooms"), ("ko", "방 수의 상한")):
        with (program / f"chat/words/{language}/chat.ftl").open("a", encoding="utf-8") as words:
            words.write(f"setting_of_rooms_per_user = {meaning}\n")

    def glimpse(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "glimpse", *arguments, "--lang", "en"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1", **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    assert "  GLIMPSE_ROOMS_PER_USER (7)\n      the most rooms\n" in glimpse("serve", "--help").stdout
    refused = glimpse("serve", GLIMPSE_ROOMS_PER_USER="10")
    told = "GLIMPSE_ROOMS_PER_USER must be a whole number from 1 to 9.\n"
    assert (refused.returncode, refused.stderr) == (2, told)


@pytest.mark.parametrize(
    "password",
    ["fifteen-letters", "x" * 201, "with spaces in between", "비밀번호비밀번호비밀번호비밀번호", "x" * 16 + "\n'"],
)
def test_a_migration_needs_no_secret_of_the_tasks_and_refuses_a_password_it_cannot_hash(password: str) -> None:
    given = {"GLIMPSE_DATABASE_URL": "postgresql://host/chat", "GLIMPSE_DATABASE_APP_PASSWORD": "x" * 16}
    assert read_migration_settings(given).database_app_password == "x" * 16
    with pytest.raises(InvalidSettings) as raised:
        read_migration_settings({**given, "GLIMPSE_DATABASE_APP_PASSWORD": password})
    [failure] = raised.value.failures
    assert failure.code == "setting_app_password"
    assert password not in in_english(failure)


ISSUER = "https://issuer.example/jwks.json"
FIREBASE = "https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com"


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"jwks_url": "file:///etc/passwd"}, [("setting_jwks_url", "GLIMPSE_JWKS_URL")]),
        ({"jwks": "not JSON"}, [("setting_json", "GLIMPSE_JWKS")]),
        ({"jwks_url": ISSUER, "jwks": "{}"}, [("setting_one_of", "GLIMPSE_JWKS")]),
        ({"jwks_url": ISSUER, "signup": "on"}, [("setting_two_issuers", "GLIMPSE_SIGNUP")]),
        ({"jwks_url": FIREBASE}, [("setting_audience_missing", "GLIMPSE_JWT_AUDIENCE")]),
        (
            {"jwks_url": "https://LOGIN.microsoftonline.com:443/common/keys", "jwt_issuer": "anybody's"},
            [("setting_audience_missing", "GLIMPSE_JWT_AUDIENCE")],
        ),
        ({"database_url": "postgres://host/chat"}, [("setting_secret_missing", "GLIMPSE_JWT_SECRETS")]),
    ],
)
def test_an_issuer_that_would_let_strangers_in_or_is_not_one_is_refused(
    given: dict[str, str], refused: list[tuple[str, str]]
) -> None:
    assert refusals(**given) == refused


@pytest.mark.parametrize(
    "given",
    [
        {"jwks_url": ISSUER},
        {"jwks_url": FIREBASE, "jwt_audience": "my-project"},
        {"jwks_url": "https://notgoogle.com/jwks.json"},
        {"jwks_url": ISSUER, "database_url": "postgres://host/chat"},
        {"jwks_url": ISSUER, "jwt_secrets": SECRET, "signup": "off"},
    ],
)
def test_the_secret_is_optional_beside_the_keys_of_an_issuer(given: dict[str, str]) -> None:
    read_settings({f"GLIMPSE_{name.upper()}": text for name, text in given.items()})
