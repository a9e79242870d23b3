"""
Write what the image consists of: `sbom.cdx.json` (CycloneDX 1.6) and `licenses.txt`. The standard library tells all of
it, so no tool has to be installed and pinned for this.

Run: python3 sbom.py SITE_PACKAGES FOLDER [DPKG_STATUS]
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any
from urllib.parse import quote

DPKG_STATUS = Path("/var/lib/dpkg/status")


def python_components(site_packages: Path) -> Iterator[dict[str, Any]]:
    for distribution in distributions(path=[str(site_packages)]):
        name = re.sub(r"[-_.]+", "-", distribution.metadata["Name"]).lower()
        license = license_of(distribution)
        yield {
            "type": "library",
            "bom-ref": f"pkg:pypi/{name}@{distribution.version}",
            "name": name,
            "version": distribution.version,
            "purl": f"pkg:pypi/{name}@{distribution.version}",
            **({"licenses": [license]} if license else {}),
        }


def license_of(distribution: Distribution) -> dict[str, Any] | None:
    """In CycloneDX: an SPDX expression where the package states one (PEP 639), else the name that it gives."""
    metadata = distribution.metadata
    if metadata.get("License-Expression"):
        return {"expression": metadata["License-Expression"]}
    classifiers = [each.rpartition(" :: ")[2] for each in metadata.get_all("Classifier") or () if "License ::" in each]
    # Some packages put the whole text of their licence into this field.
    field = (metadata.get("License") or "").partition("\n")[0].strip()
    name = " OR ".join(classifiers) or field
    return {"license": {"name": name}} if name else None


def debian_components(status: Path) -> Iterator[dict[str, Any]]:
    """The packages of the base image. Debian keeps their licences in /usr/share/doc/NAME/copyright."""
    for paragraph in status.read_text(encoding="utf-8").split("\n\n") if status.exists() else ():
        fields = dict(re.findall(r"^(Package|Version|Architecture): (.+)$", paragraph, re.MULTILINE))
        if fields:
            # The architecture is that of the machine that builds, so it is left out.
            reference = f"pkg:deb/debian/{fields['Package']}@{quote(fields['Version'])}"
            named = {"name": fields["Package"], "version": fields["Version"], "purl": reference}
            yield {"type": "library", "bom-ref": reference, **named}


def main(site_packages: str, folder: str, status: str = str(DPKG_STATUS)) -> None:
    python = sorted(python_components(Path(site_packages)), key=lambda each: each["name"])
    debian = sorted(debian_components(Path(status)), key=lambda each: each["name"])
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "components": [*python, *debian],
    }
    output = Path(folder)
    output.mkdir(parents=True, exist_ok=True)
    (output / "sbom.cdx.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    lines = [f"{each['name']} {each['version']}: {license_name(each)}\n" for each in python]
    (output / "licenses.txt").write_text("".join(lines), encoding="utf-8")


def license_name(component: dict[str, Any]) -> str:
    for license in component.get("licenses", ()):
        return str(license.get("expression") or license["license"]["name"])
    return "not stated"


if __name__ == "__main__":
    main(*sys.argv[1:])
