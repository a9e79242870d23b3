needs_fsx_storage = its storage capacity is unknown: it may come from a backup

needs_fsx_throughput = its throughput capacity is unknown

compression_saves_no_capacity = charged as provisioned: compression makes room, it does not lower the provisioned capacity
