"""Tokens of another issuer: its keys (JWKS), which of them are used, and what happens while it is down."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from jwt.utils import base64url_encode

from glimpse.chat.app import Task
from glimpse.chat.authentication import KEYS_SECONDS, LOOK_UP_SECONDS, Authentication, IssuerDown
from glimpse.chat.failure import Failure
from glimpse.chat.issuer_keys import IssuerKeys, read_keys
from glimpse.chat.outside.jwks import MAX_DOCUMENT_BYTES, fetch_keys
from glimpse.chat.protocol.socketio import ROOT
from glimpse.chat.refusals import ISSUER_DOWN, TOKEN_EXPIRED, UNAUTHORIZED, Refusal
from glimpse.chat.settings import Settings
from glimpse.chat.tokens import INVALID_TOKEN, Identity, Tokens
from tests.chat.conftest import memory_store
from tests.chat.harness import SECRET, ServiceHarness

RSA_KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
OTHER_RSA_KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
NOW = 1_000_000.0
CLAIMS = {"sub": "ada", "iat": int(NOW) - 10, "exp": int(NOW) + 100_000}

HS256, RS256 = '{"alg":"HS256","kid":"k1"}', '{"alg":"RS256","kid":"k1"}'

Jwk = dict[str, Any]


def jwk(key: Any, kid: str | None = "k1", **more: Any) -> Jwk:
    """The public half of a key as an issuer lists it; `more` replaces fields, and None leaves one out."""
    algorithm = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
    made = {**algorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, **more}
    made.pop("key_ops", None) if "key_ops" not in more else None
    return {name: value for name, value in made.items() if value is not None}


def document(*keys: Jwk) -> str:
    return json.dumps({"keys": keys})


def signed(key: Any = RSA_KEY, kid: str | None = "k1", algorithm: str = "RS256", **claims: Any) -> str:
    headers = {} if kid is None else {"kid": kid}
    return jwt.encode({**CLAIMS, **claims}, key, algorithm=algorithm, headers=headers)


def verified(token: str, *keys: Jwk, secrets: Sequence[str] = ()) -> bool:
    return isinstance(Tokens(secrets, 60, keys=read_keys(document(*keys))).verify(token, NOW), Identity)


# ---- Which tokens are valid


def test_a_token_is_verified_by_the_key_of_its_kid_with_the_algorithm_of_that_key() -> None:
    listed = [jwk(RSA_KEY), jwk(EC_KEY, "k2")]
    assert verified(signed(), *listed)
    assert verified(signed(EC_KEY, "k2", "ES256"), *listed)
    assert not verified(signed(kid="k2"), *listed)
    assert not verified(signed(OTHER_RSA_KEY), *listed)
    assert not verified(signed(EC_KEY, "k1", "ES256"), *listed)
    for algorithm in ("RS384", "RS512", "PS256"):
        assert not verified(signed(algorithm=algorithm), *listed)


def test_the_shared_secret_still_verifies_beside_the_keys_and_only_what_it_signed() -> None:
    tokens = Tokens([SECRET], 60, keys=read_keys(document(jwk(RSA_KEY))))
    assert isinstance(tokens.verify(tokens.issue("ada", NOW), NOW), Identity)
    assert isinstance(tokens.verify(signed(), NOW), Identity)
    assert tokens.verify(signed("another secret of thirty-two bytes or more", "k1", "HS256"), NOW) == INVALID_TOKEN
    without_secret = Tokens([], 60, keys=read_keys(document(jwk(RSA_KEY))))
    assert without_secret.verify(signed(SECRET, "k1", "HS256"), NOW) == INVALID_TOKEN


def test_a_token_of_another_issuer_has_no_session_here() -> None:
    tokens = Tokens([SECRET], 60, keys=read_keys(document(jwk(RSA_KEY))))
    found = tokens.verify(signed(session_started_at=int(NOW)), NOW)
    assert isinstance(found, Identity)
    assert found.session_started_at is None


@pytest.mark.parametrize("form", ["pem", "der", "jwk", "n"])
def test_the_public_key_is_no_secret_for_hs256(form: str) -> None:
    public = RSA_KEY.public_key()
    secret = {
        "pem": public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
        "der": public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo),
        "jwk": json.dumps(jwk(RSA_KEY)).encode(),
        "n": jwk(RSA_KEY)["n"].encode(),
    }[form]
    parts = f"{text(HS256)}.{text(json.dumps(CLAIMS))}"
    token = f"{parts}.{encoded(hmac.digest(secret, parts.encode(), 'sha256'))}"
    assert not verified(token, jwk(RSA_KEY), secrets=[SECRET])


@pytest.mark.parametrize(
    "header", ['{"alg":"none","kid":"k1"}', '{"alg":"None"}', '{"kid":"k1"}', '{"alg":["RS256"]}', "{}"]
)
def test_a_token_without_a_signature_is_nobodys(header: str) -> None:
    for signature in ("", encoded(b"x" * 256)):
        token = f"{text(header)}.{text(json.dumps(CLAIMS))}.{signature}"
        assert not verified(token, jwk(RSA_KEY), secrets=[SECRET])
        assert Tokens([], 60, keys=read_keys(document(jwk(RSA_KEY)))).verify(token, NOW) == INVALID_TOKEN


def test_keys_and_urls_that_a_token_brings_along_are_ignored() -> None:
    brought = {
        "jwk": jwk(OTHER_RSA_KEY),
        "jku": "http://127.0.0.1:9/jwks.json",
        "x5u": "http://127.0.0.1:9/cert.pem",
        "x5c": ["MIIB"],
    }
    forged = jwt.encode(CLAIMS, OTHER_RSA_KEY, algorithm="RS256", headers={"kid": "k1", **brought})
    assert not verified(forged, jwk(RSA_KEY))
    good = jwt.encode(CLAIMS, RSA_KEY, algorithm="RS256", headers={"kid": "k1", **brought})
    assert verified(good, jwk(RSA_KEY))


@pytest.mark.parametrize("kid", ["../../etc/passwd", "k1' or '1'='1", "", "K1", "k1\x00", "k1 "])
def test_a_kid_that_no_key_has_finds_none(kid: str) -> None:
    assert not verified(signed(kid=kid), jwk(RSA_KEY), jwk(EC_KEY, "k2"))


def test_a_kid_that_is_no_text_is_nobodys() -> None:
    for kid in (7, None, ["k1"], {"k1": 1}, True):
        parts = f"{text(json.dumps({'alg': 'RS256', 'kid': kid}))}.{text(json.dumps(CLAIMS))}"
        assert not verified(f"{parts}.{encoded(b'x' * 256)}", jwk(RSA_KEY), secrets=[SECRET])


def test_a_token_without_a_kid_is_for_an_issuer_with_one_key() -> None:
    assert verified(signed(kid=None), jwk(RSA_KEY))
    assert verified(signed(kid=None), jwk(RSA_KEY, None))
    assert not verified(signed(kid=None), jwk(RSA_KEY), jwk(EC_KEY, "k2"))


def test_two_keys_with_one_kid_verify_what_each_signed() -> None:
    listed = [jwk(RSA_KEY), jwk(OTHER_RSA_KEY), jwk(EC_KEY)]
    assert verified(signed(), *listed)
    assert verified(signed(OTHER_RSA_KEY), *listed)
    assert verified(signed(EC_KEY, "k1", "ES256"), *listed)
    assert not verified(signed(rsa.generate_private_key(public_exponent=65_537, key_size=2_048)), *listed)


def test_a_valid_signature_does_not_help_a_token_that_has_expired_or_says_nonsense() -> None:
    tokens = Tokens([], 60, keys=read_keys(document(jwk(RSA_KEY))))
    assert tokens.verify(signed(exp=int(NOW)), NOW) == TOKEN_EXPIRED
    for claims in ({"sub": 7}, {"sub": ""}, {"exp": "never"}, {"exp": float("nan")}, {"exp": 10**30}, {"iat": "now"}):
        parts = f"{text(RS256)}.{text(json.dumps({**CLAIMS, **claims}))}"
        signature = RSAAlgorithm(RSAAlgorithm.SHA256).sign(parts.encode(), RSA_KEY)
        refused = tokens.verify(f"{parts}.{encoded(signature)}", NOW)
        assert isinstance(refused, Refusal), claims
        assert refused.code == UNAUTHORIZED.code, claims


# ---- Which keys are used


@pytest.mark.parametrize(
    "unusable",
    [
        jwk(rsa.generate_private_key(public_exponent=65_537, key_size=1_024)),
        jwk(RSA_KEY, use="enc"),
        jwk(RSA_KEY, alg="RS512"),
        jwk(RSA_KEY, alg="RSA-OAEP"),
        jwk(RSA_KEY, alg="HS256"),
        jwk(RSA_KEY, key_ops=["encrypt"]),
        jwk(RSA_KEY, key_ops="verify"),
        jwk(RSA_KEY, kty="oct"),
        jwk(RSA_KEY, kty=None),
        jwk(RSA_KEY, n=None),
        jwk(RSA_KEY, n="!"),
        jwk(RSA_KEY, d="AQAB"),
        jwk(EC_KEY, crv="P-384"),
        jwk(EC_KEY, crv=None),
        jwk(EC_KEY, x=jwk(EC_KEY)["y"]),
        jwk(ec.generate_private_key(ec.SECP384R1())),
        jwk(ec.generate_private_key(ec.SECP256K1())),
        {"kty": "oct", "kid": "k1", "k": "c2VjcmV0", "alg": "HS256"},
        {"kty": "OKP", "kid": "k1", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
        {**jwk(RSA_KEY), "kid": 7},
        {**jwk(RSA_KEY), "kty": ["RSA"]},
        "k1",
        None,
    ],
)
def test_a_key_that_is_not_for_signatures_or_is_weak_is_left_out(unusable: Any) -> None:
    with pytest.raises(ValueError, match="no RSA key"):
        read_keys(document(unusable))
    assert len(read_keys(document(unusable, jwk(EC_KEY, "k2")))) == 1


@pytest.mark.parametrize("key_ops", [["verify"], ["verify", "wrapKey"]])
def test_a_key_may_say_that_it_is_for_signatures(key_ops: list[str]) -> None:
    assert verified(signed(), jwk(RSA_KEY, use="sig", alg="RS256", key_ops=key_ops))


@pytest.mark.parametrize(
    "no_jwks",
    ["", "<html>", "[]", "null", "{}", '{"keys":{}}', '{"keys":[]}', "[" * 100_000, '{"keys":' * 10_000, b"\xff"],
)
def test_what_is_no_jwks_document_has_no_keys(no_jwks: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"JSON|keys|key"):
        read_keys(no_jwks)


# ---- When the issuer is asked


class Issuer:
    """An issuer with the keys that a test sets. `asked` counts its requests; it answers once `answers` is set."""

    def __init__(self, *keys: Jwk) -> None:
        self.keys, self.asked, self.is_down = keys, 0, False
        self.answers = asyncio.Event()
        self.answers.set()

    async def fetch(self) -> IssuerKeys:
        self.asked += 1
        await self.answers.wait()
        if self.is_down:
            raise IssuerDown("issuer.example answered 503")
        return read_keys(document(*self.keys))


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def authentication(issuer: Issuer, clock: Callable[[], float]) -> Authentication:
    return Authentication(memory_store(), Tokens([], 60, keys=IssuerKeys()), issuer.fetch, clock)


async def outcome(asked: Authentication, token: str) -> str:
    found = await asked.verify(token)
    return found.code if isinstance(found, Refusal) else found.user_id


async def test_an_unknown_key_is_looked_up_once_a_minute_at_most(clock: Clock) -> None:
    issuer = Issuer(jwk(RSA_KEY))
    asked = authentication(issuer, clock)
    await asked.refresh_keys()
    assert (await outcome(asked, signed()), issuer.asked) == ("ada", 1)
    issuer.keys = (jwk(RSA_KEY), jwk(EC_KEY, "k2"))
    clock.now += 30
    new = signed(EC_KEY, "k2", "ES256", iat=int(clock.now))
    # It may be a key that is new: what a retry cures is not refused for good.
    assert (await outcome(asked, new), issuer.asked) == (ISSUER_DOWN.code, 1)
    clock.now += 30
    assert (await outcome(asked, new), issuer.asked) == ("ada", 2)
    clock.now += 1
    for number in range(20):
        forged = signed(OTHER_RSA_KEY, f"made-up-{number}", iat=int(clock.now))
        assert await outcome(asked, forged) == ISSUER_DOWN.code
    assert issuer.asked == 2
    clock.now += LOOK_UP_SECONDS
    assert await outcome(asked, signed(OTHER_RSA_KEY, "made-up", iat=int(clock.now))) == INVALID_TOKEN.code
    assert issuer.asked == 3


async def test_a_token_that_is_older_than_the_keys_that_were_fetched_needs_no_look_up(clock: Clock) -> None:
    issuer = Issuer(jwk(RSA_KEY))
    asked = authentication(issuer, clock)
    await asked.refresh_keys()
    clock.now += 2 * LOOK_UP_SECONDS
    assert await outcome(asked, signed(OTHER_RSA_KEY, "withdrawn", iat=int(NOW) - 1000)) == INVALID_TOKEN.code
    assert issuer.asked == 1


async def test_known_keys_go_on_while_the_issuer_is_down(clock: Clock) -> None:
    issuer = Issuer(jwk(RSA_KEY))
    asked = authentication(issuer, clock)
    await asked.refresh_keys()
    issuer.is_down = True
    clock.now += 10 * KEYS_SECONDS
    await asked.refresh_keys()
    assert asked.problem == "issuer.example answered 503"
    assert await outcome(asked, signed()) == "ada"
    clock.now += LOOK_UP_SECONDS
    assert await outcome(asked, signed(EC_KEY, "k2", "ES256", iat=int(clock.now))) == ISSUER_DOWN.code


async def test_the_service_starts_while_the_issuer_is_down_and_learns_the_keys_later(clock: Clock) -> None:
    issuer = Issuer(jwk(RSA_KEY))
    issuer.is_down = True
    asked = authentication(issuer, clock)
    await asked.refresh_keys()
    assert await outcome(asked, signed()) == ISSUER_DOWN.code
    issuer.is_down = False
    assert await outcome(asked, signed()) == ISSUER_DOWN.code
    clock.now += LOOK_UP_SECONDS
    assert await outcome(asked, signed()) == "ada"
    assert (asked.problem, issuer.asked) == ("", 2)


async def test_a_key_that_the_issuer_withdrew_ends_within_an_hour(clock: Clock) -> None:
    issuer = Issuer(jwk(RSA_KEY), jwk(EC_KEY, "k2"))
    asked = authentication(issuer, clock)
    await asked.refresh_keys()
    assert await outcome(asked, signed()) == "ada"
    issuer.keys = (jwk(EC_KEY, "k2"),)
    clock.now += KEYS_SECONDS - 1
    await asked.refresh_keys()
    assert (await outcome(asked, signed()), issuer.asked) == ("ada", 1)
    clock.now += 1
    await asked.refresh_keys()
    assert (await outcome(asked, signed()), issuer.asked) == (INVALID_TOKEN.code, 2)


async def test_a_socket_ends_with_the_key_that_signed_its_token(clock: Clock) -> None:
    issuer, harness = Issuer(jwk(RSA_KEY), jwk(EC_KEY, "k2")), ServiceHarness()
    harness.service.authentication = asked = authentication(issuer, clock)
    harness.time = clock.now
    await asked.refresh_keys()
    tokens = (signed(), signed(), signed(EC_KEY, "k2", "ES256"))
    (_, stolen), (client, renewed), (_, kept) = [await harness.connects({"token": token}) for token in tokens]
    issuer.keys = (jwk(OTHER_RSA_KEY), jwk(EC_KEY, "k2"))
    clock.now += KEYS_SECONDS
    await asked.refresh_keys()
    assert await harness.asks(client, "auth", {"token": signed(OTHER_RSA_KEY)}) == {}
    harness.service.sweep()
    assert (stolen.closed, renewed.closed, kept.closed) == ("token revoked", None, None)


async def test_whoever_asks_at_once_waits_for_one_look_up(clock: Clock) -> None:
    issuer = Issuer(jwk(RSA_KEY))
    issuer.answers.clear()
    asked = authentication(issuer, clock)
    waiting = [asyncio.create_task(outcome(asked, signed())) for _ in range(50)]
    await asyncio.sleep(0)
    # A client that gives up takes nothing from the others.
    waiting.pop(0).cancel()
    issuer.answers.set()
    assert set(await asyncio.gather(*waiting)) == {"ada"}
    assert issuer.asked == 1


async def test_a_socket_whose_issuer_is_down_is_closed_so_that_its_client_comes_back(clock: Clock) -> None:
    issuer, harness = Issuer(jwk(RSA_KEY)), ServiceHarness()
    issuer.is_down = True
    harness.service.authentication = authentication(issuer, clock)
    _, socket = await harness.connects({"token": signed()})
    assert (socket.closed, socket.refused) == ("issuer_down", None)
    issuer.is_down = False
    clock.now += LOOK_UP_SECONDS
    peer, socket = await harness.connects({"token": signed()})
    assert (peer.joined, socket.closed) == ((ROOT,), None)
    _, socket = await harness.connects({"token": signed(OTHER_RSA_KEY)})
    assert socket.refused is not None
    assert socket.refused["data"] == {"code": "unauthorized"}


async def test_keys_in_the_settings_are_never_looked_up(clock: Clock) -> None:
    tokens = Tokens([], 60, keys=read_keys(document(jwk(RSA_KEY))))
    asked = Authentication(memory_store(), tokens, None, clock)
    await asked.refresh_keys()
    assert await outcome(asked, signed()) == "ada"
    assert await outcome(asked, signed(EC_KEY, "k2", "ES256")) == INVALID_TOKEN.code


# ---- Over HTTP


class Served:
    """What the HTTP server of an issuer answers, and the paths that it was asked for."""

    def __init__(self) -> None:
        self.answer: Callable[[BaseHTTPRequestHandler], None] = lambda handler: sends(handler, document(jwk(RSA_KEY)))
        self.paths: list[str] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/.well-known/jwks.json"


def sends(handler: BaseHTTPRequestHandler, body: str, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    with contextlib.suppress(OSError):
        handler.wfile.write(body.encode())


@pytest.fixture
def served() -> Iterator[Served]:
    state = Served()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.paths.append(self.path)
            state.answer(self)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        state.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield state
        server.shutdown()
        thread.join()


async def problem(url: str, seconds: float = 60.0) -> str:
    with pytest.raises(IssuerDown) as raised:
        await fetch_keys(url, seconds)
    return str(raised.value)


async def test_the_keys_are_fetched_from_the_url(served: Served) -> None:
    keys = await fetch_keys(served.url)
    assert (len(keys), served.paths) == (1, ["/.well-known/jwks.json"])


async def test_a_redirect_is_not_followed(served: Served) -> None:
    served.answer = lambda handler: sends(handler, "", 302, Location=f"http://127.0.0.1:{served.port}/elsewhere")
    assert await problem(served.url) == "127.0.0.1 answered 302"
    assert served.paths == ["/.well-known/jwks.json"]


@pytest.mark.parametrize("says_its_length", [True, False])
async def test_ten_megabytes_are_not_read(served: Served, says_its_length: bool) -> None:
    body = " " * 10_000_000
    length = {} if says_its_length else {"Transfer-Encoding": "identity"}
    served.answer = lambda handler: sends(handler, body, **length)
    assert await problem(served.url) == f"127.0.0.1 answered with more than {MAX_DOCUMENT_BYTES} bytes"


@pytest.mark.parametrize("body", ["<html>not found</html>", "", '{"keys": []}', "[" * 100_000])
async def test_an_answer_that_is_no_jwks_is_a_problem(served: Served, body: str) -> None:
    served.answer = lambda handler: sends(handler, body)
    assert (await problem(served.url)).startswith("127.0.0.1 answered with no usable keys: no")


@pytest.mark.parametrize("status", [204, 401, 404, 500, 503])
async def test_an_answer_without_success_is_a_problem(served: Served, status: int) -> None:
    served.answer = lambda handler: sends(handler, document(jwk(RSA_KEY)), status)
    assert await problem(served.url) == f"127.0.0.1 answered {status}"


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"])
async def test_an_issuer_that_does_not_finish_is_given_up(served: Served, sent: bytes) -> None:
    ended = threading.Event()

    def stalls(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(sent)
        handler.wfile.flush()
        # Returns when the other side hangs up.
        with contextlib.suppress(OSError):
            handler.connection.recv(1)
        ended.set()

    served.answer = stalls
    assert await problem(served.url, 0.2) == "127.0.0.1 did not answer within 0.2 s"
    assert await asyncio.to_thread(ended.wait, 60.0), "the connection is closed, too"


async def test_a_url_without_a_host_is_a_problem() -> None:
    assert await problem("http://[::1/jwks.json") == "the URL has no valid host"


async def test_a_problem_does_not_tell_what_the_url_may_hold_of_a_secret(unused_port: int) -> None:
    for url in (f"http://user:hunter2@127.0.0.1:{unused_port}/hunter2", "http://user:hunter2@127.0.0.1:99999/hunter2"):
        text = await problem(url)
        assert "127.0.0.1" in text
        assert "hunter2" not in text


# ---- All of it


@pytest.mark.parametrize("where", ["url", "inline"])
async def test_a_task_admits_the_users_of_another_issuer(served: Served, where: str) -> None:
    keys = {"jwks_url": served.url} if where == "url" else {"jwks": document(jwk(RSA_KEY))}
    settings = Settings(host="127.0.0.1", port=0, drain_seconds=0, **keys)
    task = Task(memory_store(), settings, now=lambda: NOW)
    async with task.serving() as port:
        assert await me(port, signed()) == (200, "ada")
        assert (await me(port, signed(OTHER_RSA_KEY)))[0] == 401
        assert (await me(port, signed(), "POST", "/auth/login", '{"handle":"a","password":"b"}')) == (404, "signup_off")
        assert (await me(port, signed(), "POST", "/auth/refresh")) == (404, "signup_off")


def test_a_public_key_as_the_shared_secret_is_a_reason_not_to_start() -> None:
    public = RSA_KEY.public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(Failure) as raised:
        Task(memory_store(), Settings(jwt_secrets=(pem.decode(),))).build()
    assert raised.value.code == "setting_secret_public"


def test_a_jwks_in_the_settings_without_a_usable_key_is_a_reason_not_to_start() -> None:
    task = Task(memory_store(), Settings(jwks=document(jwk(RSA_KEY, use="enc"))))
    with pytest.raises(Failure) as raised:
        task.build()
    assert raised.value.code == "setting_jwks"


async def me(port: int, token: str, method: str = "GET", path: str = "/me", body: str = "") -> tuple[int, str]:
    """The status of a request, and the id of the user or the code of the refusal."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
    )
    answer = (await reader.read()).decode()
    writer.close()
    read = json.loads(answer.partition("\r\n\r\n")[2])
    return int(answer.split(" ")[1]), read["id"] if "id" in read else read["error"]["code"]


def encoded(data: bytes) -> str:
    return base64url_encode(data).decode()


def text(plain: str) -> str:
    return encoded(plain.encode())
