"""
The plan document as data: its scenario table, its steps, its checklist and its alarms, each with its line.

The document is `docs/plan-document.ko.md`. Nothing here is computed and nothing is believed: the report sets what
this stack comes to beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the document's table of scenarios, as far as it fills the columns. `stars` are of five."""

    line: int
    monthly_usd: tuple[int, int]
    saving_percent: int | None = None
    websocket: str = ""
    availability: str = ""
    difficulty: str = ""
    stars: int | None = None


ROWS: Mapping[str, Row] = {
    "extreme": Row(13, (40, 46), 45, "✅ (API GW)", "낮음 (1-2 tasks)", "중", 2),
    "balanced": Row(14, (56, 66), 28, "✅ (ALB)", "중간 (2 tasks)", "쉬움", 5),
    "serverless": Row(15, (25, 36), 65, "⚠️ (제한적)", "높음", "어려움", 1),
    "phase6": Row(419, (45, 45)),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One box of the checklist. `lever` is the one it belongs to; `ours` where this repository does it otherwise."""

    group: str
    line: int
    quote: str
    lever: str | None = None
    ours: str | None = None


CHECKS = (
    Check("code", 437, "`server/src/file/file.service.ts` 생성", "presigned_uploads", "check_one_service"),
    Check("code", 438, "`server/src/file/file.controller.ts` 생성", "presigned_uploads", "check_one_service"),
    Check("code", 439, "`server/src/file/file.module.ts` 생성", "presigned_uploads", "check_one_service"),
    Check("code", 440, "`mobile/services/fileUploadService.ts` 생성", "presigned_uploads", "check_client_package"),
    Check("code", 441, "`server/src/main.ts` HTTP Keep-Alive 추가", "keep_alive", "check_keep_alive"),
    Check("code", 442, "`server/prisma/schema.prisma` Pool 최적화", "pool_size", "check_pool"),
    Check("terraform", 445, "`modules/ecs/main.tf` Spot 90% 변경", "spot_weights", "check_variables"),
    Check("terraform", 446, "`environments/startup-prod/main.tf` Task 수 2 변경", "task_count", "check_variables"),
    Check("terraform", 447, "`terraform plan` 실행"),
    Check("terraform", 448, "`terraform apply` 실행"),
    Check("test", 451, "Pre-signed URL 생성 확인", "presigned_uploads"),
    Check("test", 452, "S3 직접 업로드 테스트", "presigned_uploads", "check_upload_lies"),
    Check("test", 453, "HTTP Keep-Alive 헤더 확인", "keep_alive", "check_keep_alive_seconds"),
    Check("test", 454, "Spot 중단 시 자동 복구 확인", "spot_weights", "check_spot"),
    Check("test", 455, "CloudWatch 알람 확인", None, "check_alarms"),
    Check("monitoring", 458, "ECS Task 수 모니터링 (최소 2개 유지)", "min_capacity"),
    Check("monitoring", 459, "RDS 커넥션 수 모니터링 (< 45개)", "pool_size", "check_connections"),
    Check("monitoring", 460, "ALB 5xx 에러 모니터링"),
    Check("monitoring", 461, "비용 대시보드 확인 (매주)", None, "check_budget"),
)
