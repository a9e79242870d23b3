template_unread = 템플릿이 만드는 리소스는 과금되지만, 템플릿은 읽지 않아요
needs_provisioned_instances = 오토 스케일링 구성을 읽지 못했어요
needs_fleet_capacity = base_capacity를 읽지 못했어요
