"""ARCHITECTURE says how a family of resources is added. This test does exactly that, and edits nothing else."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from glimpse.planner.outside.terraform_files import families
from tests.conftest import estimator_for, read_stack

RESOURCE = """
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Origin


@dataclass(frozen=True, slots=True)
class Kiosk:
    origin: Origin
    count: int | None

    def meters(self, traffic):
        metering = traffic.metering(self.origin)
        yield metering.hours("Public IPv4 address", Sku("AmazonVPC", "public_ipv4_hour"), self.count)
        yield metering.used("Data", "GB", "monthly_gb", Sku("AWSDataTransfer", "inter_az_gb"))


def kiosk(block, tree):
    yield Kiosk(block.origin, block.values.known.integer("kiosks"))


READERS = {"aws_kiosk": kiosk}
"""


def forget() -> None:
    """Clear what the package cached, so that the files of the families are looked for again."""
    # Private: only tests add a family to a running program, so there is no public way to clear the caches.
    for kept in (families._sources, families._naming, families._family_of):
        kept.cache_clear()
    sys.modules.pop(f"{families.__name__}.kiosk", None)


def test_a_family_is_found_by_its_file_alone(
    tmp_path: Path, write_stack: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    (tmp_path / "kiosk.py").write_text(RESOURCE)
    monkeypatch.setattr(families, "__path__", [*families.__path__, str(tmp_path)])
    forget()
    request.addfinalizer(forget)

    bill = estimator_for().bill(read_stack(write_stack('resource "aws_kiosk" "k" {\n  kiosks = 2\n}\n')))

    assert [(line.meter.component, line.quantity and line.quantity.expected) for line in bill.lines] == [
        ("Public IPv4 address", 1460),
        ("Data", None),
    ]
    assert (bill.monthly, bill.at_least, bill.before_usage) == (pytest.approx(7.30), False, True)


def test_every_type_is_found_in_the_file_that_reads_it() -> None:
    """A type is looked for in the files that name it: one named by a constant of another file would be lost."""
    assert not [type_ for type_, reader in families.readers().items() if families.reader_of(type_) is not reader]
