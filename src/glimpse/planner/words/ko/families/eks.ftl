needs_kubernetes_version = Kubernetes 버전을 알 수 없어요. 표준 지원이 끝난 버전은 더 비싸요
kubernetes_extended = Kubernetes { $version }의 표준 지원은 { $date }에 끝났어요
on_outposts_cluster = 컨트롤 플레인이 Outpost의 인스턴스에서 실행돼요
