### A lever on databases.

lever_storage_autoscaling = database storage that grows when needed
how_storage_autoscaling = set max_allocated_storage in the aws_db_instance to 5 × allocated_storage (with io1 or io2 no higher than iops): RDS then enlarges the storage when less than a tenth of it is free. It is set while the database runs, and costs nothing until the storage grows. Terraform does not take the grown size for a difference from allocated_storage
risk_storage_autoscaling = storage that has grown never shrinks, and is charged: an alarm on FreeStorageSpace still tells of a runaway table or log. RDS grows it once in six hours at the most, so that a sudden large import may still fill it
