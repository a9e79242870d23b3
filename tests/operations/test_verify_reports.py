"""The reports of `glimpse verify`: by the document's boxes, in two languages, for people and for programs."""

from __future__ import annotations

import json
from xml.etree import ElementTree

from msgspec.structs import replace

from glimpse.operations.checks.check import Outcome
from glimpse.operations.checks.finding import CONFIRMED, REFUTED, UNKNOWN, confirmed, refuted, unknown
from glimpse.operations.checks.report import DONE, IS_REFUTED, IS_UNKNOWN, Verification
from glimpse.operations.checks.report_json import json_text
from glimpse.operations.checks.report_junit import junit_text
from glimpse.operations.checks.report_terminal import terminal_text
from glimpse.operations.deployment import ChecklistBox
from glimpse.words import Words
from tests.operations.schemas import undescribed

EN, KO = Words("en"), Words("ko")

FOUND = Verification(
    target="url",
    address="https://chat.example.com",
    at="2026-11-29T12:00:00+00:00",
    checklist=(
        ChecklistBox("code", "`server/src/main.ts` HTTP Keep-Alive 추가", 441, ("keep_alive",)),
        ChecklistBox("test", "HTTP Keep-Alive 헤더 확인", 453, ("keep_alive",)),
        ChecklistBox("test", "S3 직접 업로드 테스트", 452, ("direct_upload", "upload_expired")),
        ChecklistBox("test", "Spot 중단 시 자동 복구 확인", 454, ("spot_recovery",)),
        ChecklistBox("monitoring", "비용 대시보드 확인 (매주)", 461),
    ),
    outcomes=(
        Outcome("service_healthy", confirmed("verify_healthy", status=200, ms=4), 0.1),
        Outcome("keep_alive", refuted("verify_keep_alive_cut", seconds="5", idle=60), 5.0),
        Outcome("direct_upload", confirmed("verify_upload", store="s3", service="chat"), 0.4),
        Outcome("upload_expired", unknown("verify_expired_slow", seconds=300), 0.0),
    ),
)


def test_a_box_is_only_confirmed_when_every_one_of_its_checks_is() -> None:
    verdicts = {box.box.source_line: box.verdict for box in FOUND.boxes}
    # Of 454 no check ran (--only), so that it says nothing; 461 is answered by no check at all.
    assert verdicts == {441: REFUTED, 453: REFUTED, 452: UNKNOWN, 461: UNKNOWN}
    with_slow = replace(FOUND, outcomes=[replace(each, finding=confirmed("verify_expired", status=403, seconds=300))
                                         if each.name == "upload_expired" else each for each in FOUND.outcomes])  # fmt: skip
    assert {box.box.source_line: box.verdict for box in with_slow.boxes}[452] == CONFIRMED
    without = replace(FOUND, outcomes=FOUND.outcomes[:3])
    assert {box.box.source_line: box.verdict for box in without.boxes}[452] == UNKNOWN


def test_the_exit_code_is_1_for_refuted_and_3_for_unknown_only_when_strict() -> None:
    assert FOUND.exit_code(is_strict=False) == IS_REFUTED
    unknown_only = replace(FOUND, outcomes=[each for each in FOUND.outcomes if each.finding.verdict != REFUTED])
    assert unknown_only.exit_code(is_strict=False) == DONE
    assert unknown_only.exit_code(is_strict=True) == IS_UNKNOWN
    assert replace(FOUND, outcomes=FOUND.outcomes[:1]).exit_code(is_strict=True) == DONE


def test_the_terminal_shows_each_box_with_its_checks_and_explains_each_check_once() -> None:
    text = terminal_text(FOUND, EN, width=100, is_coloured=False)
    assert text.splitlines()[:6] == [
        "glimpse verify: https://chat.example.com",
        "",
        "Code",
        "  ✗ “`server/src/main.ts` HTTP Keep-Alive 추가” (line 441)",
        "      ✗ Keep-alive is longer than the balancer's idle timeout (keep_alive)",
        "        A task closed an idle connection within 5 s; the load balancer keeps it for 60 s, and then",
    ]
    assert text.count("A task closed an idle connection") == 1
    assert "Beyond the document's checklist\n  ✓ The service is healthy (service_healthy)" in text
    assert text.endswith("2 confirmed, 1 refuted, 1 unknown.\n")
    assert "\x1b" not in text
    assert "\x1b" in terminal_text(FOUND, EN, width=100, is_coloured=True)


def test_the_terminal_speaks_korean_and_keeps_to_its_width() -> None:
    from rich.cells import cell_len

    text = terminal_text(FOUND, KO, width=80, is_coloured=False)
    assert "모니터링" in text
    assert "맞음 2개, 틀림 1개, 모름 1개예요." in text
    assert max(map(cell_len, text.splitlines())) <= 80


def test_what_could_not_be_deleted_is_said() -> None:
    assert "could not delete: 2" in terminal_text(replace(FOUND, left=2), EN, 200, False)


def test_the_json_has_codes_and_values_for_programs_and_text_for_people() -> None:
    document = json.loads(json_text(FOUND, EN))
    assert document["schema"] == "glimpse.verify/1"
    assert undescribed(json_text(FOUND, KO)) == []
    assert document["verdicts"] == {"confirmed": 2, "refuted": 1, "unknown": 1}
    assert document["boxes"][0] == {
        "group": "code", "quote": "`server/src/main.ts` HTTP Keep-Alive 추가", "source_line": 441,
        "verdict": "refuted", "checks": ["keep_alive"],
    }  # fmt: skip
    [keep_alive] = [check for check in document["checks"] if check["name"] == "keep_alive"]
    assert keep_alive["why"]["code"] == "verify_keep_alive_cut"
    assert keep_alive["why"]["values"] == {"seconds": "5", "idle": 60}
    assert keep_alive["why"]["document"] is None
    assert keep_alive["why"]["text"].startswith("A task closed an idle connection within 5 s")


def test_each_report_shows_what_the_plan_document_says() -> None:
    finding = replace(confirmed("verify_healthy", status=200, ms=4), document="< 2")
    beside = replace(FOUND, outcomes=(Outcome("service_healthy", finding, 0.1),))
    said = "GET /health answered 200 in 4 ms. The plan document says < 2."
    assert said in terminal_text(beside, EN, 200, False)
    assert ElementTree.fromstring(junit_text(beside, EN))[0][0].text == said
    assert json.loads(json_text(beside, EN))["checks"][0]["why"] == {
        "code": "verify_healthy", "values": {"status": 200, "ms": 4}, "text": said, "document": "< 2",
    }  # fmt: skip


def test_junit_has_a_failure_for_refuted_and_skips_unknown() -> None:
    suite = ElementTree.fromstring(junit_text(FOUND, EN))
    assert {name: suite.get(name) for name in ("tests", "failures", "skipped")} == {
        "tests": "4", "failures": "1", "skipped": "1",
    }  # fmt: skip
    assert suite.get("timestamp") == "2026-11-29T12:00:00"
    kinds = {case.get("classname"): [child.tag for child in case] for case in suite}
    assert kinds["glimpse.verify.keep_alive"] == ["failure"]
    assert kinds["glimpse.verify.upload_expired"] == ["skipped"]
    assert kinds["glimpse.verify.service_healthy"] == ["system-out"]


def test_junit_stays_xml_whatever_an_answer_held() -> None:
    crashed = Outcome("tls", unknown("verify_crashed", error="X", detail="<\x00\x1b[31m&]]>"), 0.0)
    suite = ElementTree.fromstring(junit_text(replace(FOUND, outcomes=(crashed,)), EN))
    assert "<\\u{0}\\u{1b}[31m&]]>" in (suite[0][0].get("message") or "")
