fargate_meant = neither the service nor its cluster names a strategy; the task definition asks for Fargate, and the cluster offers nothing else
needs_volume_size = the volume's size is not in the files (a snapshot decides)
provider_alone = the strategy's only provider has no weight: it is taken to run every task
