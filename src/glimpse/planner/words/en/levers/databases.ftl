### A lever on databases.

lever_storage_autoscaling = database storage that grows when needed
how_storage_autoscaling = set max_allocated_storage in the aws_db_instance to 5 × allocated_storage (with io1 or io2 no higher than iops): RDS then enlarges the storage when less than a tenth of it is free. It is set while the database runs, and costs nothing until the storage grows. Terraform does not take the grown size for a difference from allocated_storage
loses_storage_autoscaling = storage that never shrinks
risk_storage_autoscaling = storage that has grown never shrinks and stays charged; keep an alarm on FreeStorageSpace to notice a table or log that grows out of control. RDS enlarges it at most once in six hours, so a sudden large import may still fill it
