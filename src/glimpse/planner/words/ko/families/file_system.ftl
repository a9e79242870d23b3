storage_includes_throughput = 기본 클래스에 저장한 20GB마다 1MiB/s가 포함돼요

no_storage_includes_throughput = 저장한 데이터가 없다고 봤어요. 기본 클래스에 저장한 20GB마다 1MiB/s가 포함돼요

needs_throughput = 처리량을 알 수 없어요
