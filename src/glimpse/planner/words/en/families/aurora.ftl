standard_storage_assumed = its cluster is not in these files: taken to charge I/O by the request, not I/O-Optimized
needs_least_capacity = the minimum capacity of its cluster could not be read
readers_by_scaling = scaling keeps { $count } readers more than these files make
