needs_api_cache_size = cache_cluster_size를 읽지 못했어요
needs_function_memory = 함수의 메모리를 알 수 없어요. memory_mb에 적을 수 있어요
needs_executions = provisioned_concurrent_executions를 읽지 못했어요
