"""The S3 backend of Terraform, for the tests of `glimpse deploy`."""

from __future__ import annotations

from collections.abc import Mapping


def backend_settings(s3: str) -> Mapping[str, str]:
    """Of the backend, for an S3 at this URL that is not AWS's."""
    skipped = ("credentials_validation", "requesting_account_id", "metadata_api_check")
    return {**{f"skip_{name}": "true" for name in skipped}, "use_path_style": "true", "endpoints": f'{{s3="{s3}"}}'}
