needs_search_nodes = the type of these nodes, or how many there are, is not in the files
needs_search_disk = the size of each data node's disk, or how many nodes there are, is unknown
search_extended = this version is in extended support, charged for each hour of each node, and not priced here
