"""The address that `glimpse verify --on URL` was given."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from glimpse.chat.failure import Failure


def parse_address(target: str) -> SplitResult:
    """Raises Failure where this is no address of a service: it has a path, a password or no scheme of HTTP."""
    try:
        parts = urlsplit(target)
        port = parts.port
    except ValueError:
        raise Failure("verify_no_such_target", target=target) from None
    if parts.username is not None or parts.password is not None:
        # The sentence must not show the password.
        raise Failure("verify_url_password")
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise Failure("verify_no_such_target", target=target)
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise Failure("verify_url_path", url=origin_of(parts))
    return parts


def origin_of(address: SplitResult) -> str:
    return f"{address.scheme}://{address.netloc}"


def is_loopback(address: SplitResult) -> bool:
    try:
        return address.hostname == "localhost" or ip_address(address.hostname or "").is_loopback
    except ValueError:
        return False
