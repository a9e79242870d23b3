flink_runs = taken to run all the time with the parallelism in the files
