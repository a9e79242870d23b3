needs_shards = how many shards it has is unknown
consumers_registered = consumers registered in the files: { $consumers }, each for every shard through the month
