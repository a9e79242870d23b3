needs_fsx_storage = its storage capacity is unknown: a backup may set it

needs_fsx_throughput = its throughput capacity is unknown

compression_saves_no_capacity = charged as provisioned: compression makes room, but does not lower the provisioned capacity
