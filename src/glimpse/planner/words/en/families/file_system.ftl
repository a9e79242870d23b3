storage_includes_throughput = each 20 GB stored in the main class include 1 MiB/s

no_storage_includes_throughput = as if nothing were stored: each 20 GB in the main class would include 1 MiB/s

needs_throughput = how much throughput it has is unknown
