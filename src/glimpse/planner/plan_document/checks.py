"""The boxes of the plan document's checklist, each with its line in `docs/plan-document.ko.md`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CONNECTIONS = ("database_connections", "database_connections_at_deploy")
VERIFIED_BY: Mapping[int, tuple[str, ...]] = {
    437: ("presigned_address",),
    438: ("presigned_address",),
    439: ("presigned_address",),
    440: ("direct_upload",),
    441: ("keep_alive",),
    442: CONNECTIONS,
    445: ("spot_share",),
    446: ("running_tasks",),
    447: ("terraform_applied",),
    448: ("terraform_applied",),
    451: ("presigned_address",),
    452: (
        "direct_upload", "upload_wrong_size", "upload_wrong_type", "upload_wrong_checksum", "upload_second_put",
        "upload_expired", "public_read_refused",
    ),
    453: ("keep_alive",),
    454: ("spot_recovery",),
    455: (
        "alarm_ecs_cpu", "alarm_ecs_memory", "alarm_running_tasks", "alarm_balancer_5xx", "alarm_database_connections",
    ),
    458: ("running_tasks", "alarm_running_tasks"),
    459: (*CONNECTIONS, "alarm_database_connections"),
    460: ("balancer_5xx", "alarm_balancer_5xx"),
    461: ("bill",),
}  # fmt: skip
"""The names of the checks of `glimpse verify` that answer a box, by the box's line."""


@dataclass(frozen=True, slots=True)
class Check:
    """One box of the checklist. `lever` is the one it belongs to; `ours` where this repository does it otherwise."""

    group: str
    line: int
    quote: str
    lever: str | None = None
    ours: str | None = None

    @property
    def verified_by(self) -> tuple[str, ...]:
        """The checks of `glimpse verify` that answer it; none where a running stack cannot show it."""
        return VERIFIED_BY.get(self.line, ())


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
