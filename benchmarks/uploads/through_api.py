"""
The service with what the plan document had before: a file comes to the task as a form and goes on to the bucket from
there. It lives here only, to be compared with.

Run as `python -m benchmarks.uploads.through_api`, with the environment of `glimpse serve` and a bucket.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import urllib3
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from glimpse.chat.outside import page
from glimpse.chat.outside.s3.bucket import Bucket
from glimpse.chat.refusals import Refusal
from glimpse.chat.tokens import Tokens
from glimpse.cli import main

HTTP = urllib3.PoolManager(maxsize=16, retries=False)


def _bucket() -> Bucket:
    given = os.environ
    return Bucket.of(given["GLIMPSE_S3_ENDPOINT"], given["GLIMPSE_S3_REGION"], given["GLIMPSE_S3_BUCKET"])


def _stored(file: Any, size: int, content_type: str, key: str) -> None:
    """Without reading it into memory: what the form put aside is sent from there."""
    headers = {"content-type": content_type, "content-length": str(size)}
    asked = AWSRequest("PUT", f"{_bucket().url}/{key}", dict(headers))
    known = Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
    S3SigV4QueryAuth(known, "s3", _bucket().region, expires=300).add_auth(asked)
    answer = HTTP.request("PUT", asked.url, body=file, headers=headers)
    assert answer.status == 200, answer.data[:200]


async def upload(request: Request) -> JSONResponse:
    identity = Tokens([os.environ["GLIMPSE_JWT_SECRETS"]], 3600).verified(
        request.headers["authorization"].removeprefix("Bearer "), 0
    )
    if isinstance(identity, Refusal):
        return JSONResponse({}, 401)
    async with request.form() as form:
        sent: Any = form["file"]
        owner = hashlib.sha256(identity.user_id.encode()).hexdigest()[:32]
        key = f"uploads/{owner}/{uuid.uuid4()}"
        await asyncio.to_thread(_stored, sent.file, sent.size, sent.content_type, key)
    return JSONResponse({"key": key}, 201)


def also_served(file_origins: Callable[[str], Sequence[str]]) -> list[Route]:
    return [*_page(file_origins), Route("/upload", upload, methods=["POST"])]


if __name__ == "__main__":
    _page, page.routes = page.routes, also_served
    main(["serve", "--lang", "en"])
