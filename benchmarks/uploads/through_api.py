"""
The service with uploads as the plan document had them: a client posts a form to the task, which forwards the file to
the bucket. It exists only for comparison.

Run as `python -m benchmarks.uploads.through_api`, with the environment of `glimpse serve` and a bucket.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
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
from glimpse.chat.tokens import Identity, Tokens
from glimpse.cli import main

HTTP = urllib3.PoolManager(maxsize=16, retries=False)


def _bucket() -> Bucket:
    return Bucket.of(*(os.environ[f"GLIMPSE_S3_{name}"] for name in ("ENDPOINT", "REGION", "BUCKET")))


def _put_object(file: Any, size: int, content_type: str, key: str) -> None:
    """Send the file from where the form parser spooled it, without reading it into memory."""
    headers = {"content-type": content_type, "content-length": str(size)}
    put = AWSRequest("PUT", f"{_bucket().url}/{key}", dict(headers))
    credentials = Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
    S3SigV4QueryAuth(credentials, "s3", _bucket().region, expires=300).add_auth(put)
    response = HTTP.request("PUT", put.url, body=file, headers=headers)
    assert response.status == 200, response.data[:200]


async def upload(request: Request) -> JSONResponse:
    identity = Tokens([os.environ["GLIMPSE_JWT_SECRETS"]], 3600).verify(
        request.headers["authorization"].removeprefix("Bearer "), time.time()
    )
    if not isinstance(identity, Identity):
        return JSONResponse({}, 401)
    async with request.form() as form:
        file: Any = form["file"]
        owner = hashlib.sha256(identity.user_id.encode()).hexdigest()[:32]
        key = f"uploads/{owner}/{uuid.uuid4()}"
        await asyncio.to_thread(_put_object, file.file, file.size, file.content_type, key)
    return JSONResponse({"key": key}, 201)


def page_and_upload_routes(file_origins: Callable[[str], Sequence[str]]) -> list[Route]:
    return [*_page_routes(file_origins), Route("/upload", upload, methods=["POST"])]


if __name__ == "__main__":
    _page_routes, page.routes = page.routes, page_and_upload_routes
    main(["serve", "--lang", "en"])
