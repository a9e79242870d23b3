fargate_meant = 서비스도 클러스터도 전략을 정하지 않았지만, task 정의가 Fargate를 요구하고 클러스터에 다른 용량 공급자가 없어요
needs_volume_size = 볼륨 크기가 파일에 없어요 (스냅샷이 정해요)
provider_alone = 전략에 하나뿐인 용량 공급자에 weight가 없어서 모든 task를 실행한다고 봤어요
