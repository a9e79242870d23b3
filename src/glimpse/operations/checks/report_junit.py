"""A verification as JUnit's XML: refuted is a failure, unknown is skipped."""

from __future__ import annotations

from xml.etree import ElementTree

from glimpse.operations.checks.finding import REFUTED, UNKNOWN
from glimpse.operations.checks.report import Verification, why
from glimpse.operations.options import Say


def junit_text(verification: Verification, say: Say) -> str:
    suite = ElementTree.Element(
        "testsuite",
        name="glimpse verify",
        hostname=verification.address,
        # Ant's schema has no time zone here; the time is UTC.
        timestamp=verification.at.removesuffix("+00:00"),
        tests=str(len(verification.outcomes)),
        failures=str(verification.count(REFUTED)),
        errors="0",
        skipped=str(verification.count(UNKNOWN)),
        time=f"{max((outcome.seconds for outcome in verification.outcomes), default=0.0):.2f}",
    )
    for outcome in verification.outcomes:
        name = say(f"verify_title_{outcome.name}")
        case = ElementTree.SubElement(
            suite, "testcase", classname=f"glimpse.verify.{outcome.name}", name=name, time=f"{outcome.seconds:.2f}"
        )
        text = why(outcome.finding, say)
        if outcome.finding.verdict == REFUTED:
            ElementTree.SubElement(case, "failure", message=text, type=outcome.finding.code)
        elif outcome.finding.verdict == UNKNOWN:
            ElementTree.SubElement(case, "skipped", message=text)
        else:
            ElementTree.SubElement(case, "system-out").text = text
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"
