needs_search_nodes = the type or the number of these nodes is not in the files
needs_search_disk = the size of each data node's disk, or the number of nodes, is unknown
search_extended = this version is in extended support, which is charged for each hour of each node; not priced here
