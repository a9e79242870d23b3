needs_api_cache_size = cache_cluster_size could not be read
needs_function_memory = the memory of its function is unknown; memory_mb sets it
needs_executions = provisioned_concurrent_executions could not be read
