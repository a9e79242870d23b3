standard_storage_assumed = its cluster is not in these files: taken to be Aurora Standard, which charges each I/O request, not I/O-Optimized
needs_least_capacity = the minimum capacity of its cluster could not be read
readers_by_scaling = scaling keeps { $count ->
    [one] 1 reader
   *[other] { $count } readers
} more than these files make
