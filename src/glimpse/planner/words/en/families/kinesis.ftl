needs_shards = the number of its shards is unknown
consumers_registered = consumers registered in the files: { $consumers }, each reading every shard all month
