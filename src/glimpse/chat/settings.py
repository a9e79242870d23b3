"""
The settings of a task, read from its environment. Each field of `Settings` is a setting: `GLIMPSE_PORT` fills `port`.
The field's type says which values are valid; `--help` and the reference page list the fields, and the sentences
`setting_of_…` say what each of them means. `MigrationSettings` are those of a task that migrates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, get_args, get_origin

from msgspec import DecodeError, Meta, Struct, ValidationError, convert, json
from msgspec.structs import asdict, fields

from glimpse.chat.failure import Failure

PREFIX = "GLIMPSE_"

POSTGRES_SCHEMES = ("postgresql://", "postgres://")
VALKEY_SCHEMES = ("redis://", "rediss://", "valkey://", "valkeys://")
SAME_DATABASE = "postgresql:"
"""The `bus_url` for a bus over the database that holds the messages."""

MIN_SECRET_BYTES = 32
"""A key for HS256 must not be shorter than its hash (RFC 7518 section 3.2)."""
MAX_DIGITS = 9
"""Digits of a number. No setting needs more, and Python refuses to convert thousands of digits."""


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _secrets(text: str) -> list[str]:
    secrets = _parts(text)
    # msgspec counts the characters of a text, but the key is its bytes.
    if any(len(secret.encode()) < MIN_SECRET_BYTES for secret in secrets):
        raise Failure("setting_secret", least=MIN_SECRET_BYTES)
    return secrets


def _json_object(text: str) -> str:
    try:
        json.decode(text, type=dict[str, Any])
    except DecodeError as error:
        raise Failure("setting_json", detail=str(error)) from None
    return text


# `failure` is the code for a text that the type refuses; `read` turns the text into what the type is converted from.
DatabaseUrl = Annotated[str, Meta(pattern=rf"\A({'|'.join(POSTGRES_SCHEMES)})", extra={"failure": "setting_database"})]
BusUrl = Annotated[
    str,
    Meta(
        pattern=rf"\A({SAME_DATABASE}\Z|{'|'.join(POSTGRES_SCHEMES + VALKEY_SCHEMES)})",
        extra={"failure": "setting_bus"},
    ),
]
BucketName = Annotated[
    str, Meta(pattern=r"\A([a-z0-9][a-z0-9-]{1,61}[a-z0-9])?\Z", extra={"failure": "setting_bucket"})
]
Url = Annotated[str, Meta(pattern=r"\A(https?://[^/\s?#]+/?)?\Z", extra={"failure": "setting_url"})]
Secrets = Annotated[tuple[str, ...], Meta(extra={"read": _secrets})]
Origins = Annotated[frozenset[str], Meta(extra={"read": _parts})]
JwksUrl = Annotated[str, Meta(pattern=r"\A(https?://[^\s?#]+)?\Z", extra={"failure": "setting_jwks_url"})]
Jwks = Annotated[str, Meta(extra={"read": _json_object})]
Audiences = Annotated[tuple[str, ...], Meta(extra={"read": _parts})]
# PostgreSQL normalizes other characters (SASLprep, RFC 4013) before it derives the keys. A leaked verifier can be
# searched for short ones.
AppPassword = Annotated[str, Meta(pattern=r"\A([!-~]{16,200})?\Z", extra={"failure": "setting_app_password"})]
Switch = Annotated[Literal["on", "off", ""], Meta(extra={"failure": "setting_switch"})]


class Settings(Struct, frozen=True):
    """
    Names give the units. Without `database_url` the task starts an embedded database in the folder `data`. `signup` is
    empty where it was not set: then it is on where the service made its own secret.
    """

    database_url: DatabaseUrl | None = None
    bus_url: BusUrl | None = None
    data: str = "glimpse-data"
    host: str = "::"
    port: Annotated[int, Meta(ge=0, le=65_535)] = 3001
    jwt_secrets: Secrets = ()
    token_seconds: Annotated[int, Meta(ge=60, le=31_536_000)] = 3600
    session_days: Annotated[int, Meta(ge=1, le=3650)] = 30
    signup: Switch = ""
    jwks_url: JwksUrl = ""
    jwks: Jwks = ""
    jwt_issuer: str = ""
    jwt_audience: Audiences = ()
    trusted_proxies: Annotated[int, Meta(ge=0, le=10)] = 0
    allowed_origins: Origins = frozenset()
    keep_alive_seconds: Annotated[int, Meta(ge=1, le=4_000)] = 65
    drain_seconds: Annotated[int, Meta(ge=0, le=110)] = 25
    database_pool: Annotated[int, Meta(ge=1, le=500)] = 4
    body_characters: Annotated[int, Meta(ge=1, le=100_000)] = 4000
    events_per_second: Annotated[int, Meta(ge=1, le=100_000)] = 50
    sockets_per_user: Annotated[int, Meta(ge=1, le=10_000)] = 20
    sockets: Annotated[int, Meta(ge=1, le=1_000_000)] = 20_000
    address_requests_per_second: Annotated[int, Meta(ge=1, le=100_000)] = 50
    s3_bucket: BucketName = ""
    s3_region: str = "ap-northeast-2"
    s3_endpoint: Url = ""
    cloudfront_url: Url = ""
    cloudfront_key_id: str = ""
    cloudfront_private_key: str = ""
    uploads_per_minute: Annotated[int, Meta(ge=1, le=100_000)] = 30
    storage_mb_per_user: Annotated[int, Meta(ge=1, le=100_000_000)] = 1000
    refuse_location: Switch = "off"


class MigrationSettings(Struct, frozen=True):
    """Of `glimpse migrate`, which so needs none of the secrets of a task that serves."""

    database_url: DatabaseUrl | None = None
    database_app_password: AppPassword = ""


SHARED_ISSUERS = ("googleapis.com", "google.com", "appleid.apple.com", "login.microsoftonline.com")
"""
The keys of these hosts sign tokens for everybody's projects. Only the audience tells these apart (RFC 8725, section
3.9).
"""

CLOUDFRONT = ("cloudfront_url", "cloudfront_key_id", "cloudfront_private_key")
"""These fields are set together, or none of them is."""


class InvalidSettings(Exception):
    """Every failure, in the order of the fields. A failure names its `variable` and never contains a secret."""

    def __init__(self, failures: Sequence[Failure]) -> None:
        super().__init__(*failures)
        self.failures = tuple(failures)


def _kind_of(type: Any) -> tuple[Any, Any]:
    """The type without its Meta, and the Meta; of `X | None`, those of X."""
    annotated = next((each for each in (type, *get_args(type)) if get_origin(each) is Annotated), None)
    if annotated is None:
        return type, Meta()
    kind, *metas = get_args(annotated)
    return kind, next((each for each in metas if isinstance(each, Meta)), Meta())


class Setting(Struct, frozen=True):
    """A field of `Settings`, the environment variable that fills it, and its default as text ("" for none)."""

    field: str
    variable: str
    default: str
    type: Any

    def __post_init__(self) -> None:
        kind, meta = _kind_of(self.type)
        is_readable = kind is str or get_origin(kind) is Literal or (meta.extra or {}).get("read")
        if not is_readable and not (kind is int and meta.ge is not None and meta.le is not None):
            raise TypeError(f"{self.field}: a setting is a str, a Literal, an int with `ge` and `le`, or has a `read`")


def _settings_of(struct: type[Struct]) -> Sequence[Setting]:
    return tuple(
        Setting(
            field=each.name,
            variable=PREFIX + each.name.upper(),
            default=str(each.default) if isinstance(each.default, int | str) else "",
            type=each.type,
        )
        for each in fields(struct)
    )


SETTINGS = _settings_of(Settings)
MIGRATION_SETTINGS = _settings_of(MigrationSettings)
"""In the order of the fields."""


def read_migration_settings(environment: Mapping[str, str]) -> MigrationSettings:
    """As `read_settings`."""
    given, failures = _read(MIGRATION_SETTINGS, environment)
    if failures:
        raise InvalidSettings(failures)
    return MigrationSettings(**given)


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read all settings; an empty variable means the default. Raises InvalidSettings."""
    given, failures = _read(SETTINGS, environment)
    values = asdict(Settings()) | given
    has_jwks = bool(values["jwks_url"] or values["jwks"])
    if values["database_url"] and values["jwt_secrets"] == () and (not has_jwks or values["signup"] == "on"):
        failures.append(Failure("setting_secret_missing", variable=PREFIX + "JWT_SECRETS"))
    if values["jwks_url"] and values["jwks"]:
        failures.append(Failure("setting_one_of", variable=PREFIX + "JWKS", other=PREFIX + "JWKS_URL"))
    if has_jwks and values["signup"] == "on":
        # Two issuers can name two people by the same `sub`.
        failures.append(Failure("setting_two_issuers", variable=PREFIX + "SIGNUP"))
    if not values["jwt_audience"] and _is_shared(values["jwks_url"] or ""):
        failures.append(Failure("setting_audience_missing", variable=PREFIX + "JWT_AUDIENCE"))
    missing = [field for field in CLOUDFRONT if not values[field]]
    if 0 < len(missing) < len(CLOUDFRONT):
        failures.append(Failure("setting_together", variable=PREFIX + missing[0].upper()))
    if failures:
        raise InvalidSettings(failures)
    return Settings(**values)


def _read(settings: Sequence[Setting], environment: Mapping[str, str]) -> tuple[dict[str, Any], list[Failure]]:
    """The values that are given, None for an invalid one, and the failures."""
    values: dict[str, Any] = {}
    failures: list[Failure] = []
    for setting in settings:
        text = environment.get(setting.variable, "").strip()
        if text:
            try:
                values[setting.field] = _value(setting.type, text)
            except Failure as failure:
                values[setting.field] = None
                failures.append(Failure(failure.code, variable=setting.variable, **failure.values))
    return values, failures


def _is_shared(jwks_url: str) -> bool:
    host = jwks_url.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0].lower()
    return any(f".{host}".endswith(f".{shared}") for shared in SHARED_ISSUERS)


def _value(type: Any, text: str) -> Any:
    """The value of a text that is not empty. Raises Failure."""
    kind, meta = _kind_of(type)
    given: Any
    if kind is int:
        is_decimal = text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS
        given, failure = int(text) if is_decimal else None, Failure("setting_number", least=meta.ge, most=meta.le)
    else:
        extra = meta.extra or {}
        given, failure = extra.get("read", str)(text), Failure(extra.get("failure", ""))
    try:
        return convert(given, type)
    except ValidationError:
        raise failure from None
