"""Levers on objects and files: unfinished uploads, and colder classes of storage."""

from __future__ import annotations

from dataclasses import replace

from glimpse.planner.levers.lever import GIVES_UP, SAME_FOR_LESS, TERRAFORM, Lever, each
from glimpse.planner.resources.bucket import INTELLIGENT_TIERING, Bucket
from glimpse.planner.resources.file_system import INFREQUENT, FileSystem


def abort_uploads(bucket: Bucket) -> Bucket:
    """
    Parts of uploads that nobody completed are deleted after a week. How many lie there no file says, so that it saves
    nothing that is known, unless somebody states them.
    """
    return replace(bucket, aborts_uploads=True) if bucket.aborts_uploads is False else bucket


def colder_classes(bucket: Bucket) -> Bucket:
    """
    S3 watches which objects are read, and charges less for others; where no object leaves Standard today. A bucket
    whose rules are not all known is left alone.
    """
    if bucket.classes or bucket.aborts_uploads is None:
        return bucket
    return replace(bucket, classes=frozenset((INTELLIGENT_TIERING,)))


def efs_infrequent_access(file_system: FileSystem) -> FileSystem:
    """Files that nobody read for a month are moved to Infrequent Access; where no file leaves the first class today."""
    return file_system if file_system.colder else replace(file_system, colder=frozenset((INFREQUENT,)))


LEVERS = (
    Lever(
        "abort_uploads", "incomplete uploads", SAME_FOR_LESS, each(Bucket, abort_uploads), TERRAFORM, "variable",
        mends=True,
    ),
    Lever(
        "colder_classes", "object classes", GIVES_UP, each(Bucket, colder_classes), TERRAFORM, "variable",
        gives_up="standard_storage",
    ),
    Lever(
        "efs_infrequent_access", "file classes", GIVES_UP, each(FileSystem, efs_infrequent_access), TERRAFORM,
        "variable", gives_up="standard_storage",
    ),
)  # fmt: skip
