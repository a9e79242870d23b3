flink_runs = it is taken to run all the time with the parallelism that the files state
