### Levers on objects and files.

lever_abort_uploads = incomplete uploads deleted after 7 days
how_abort_uploads = add a rule to the bucket's aws_s3_bucket_lifecycle_configuration (a bucket has one; make it where there is none): status = "Enabled", filter {"{"}{"}"} and abort_incomplete_multipart_upload {"{"} days_after_initiation = 7 {"}"}
loses_abort_uploads = no uploads longer than 7 days
risk_abort_uploads = an upload that takes longer than 7 days cannot be completed

lever_colder_classes = S3 Intelligent-Tiering for objects
how_colder_classes = add a rule to the bucket's aws_s3_bucket_lifecycle_configuration: status = "Enabled", filter {"{"}{"}"} and transition {"{"} days = 0, storage_class = "INTELLIGENT_TIERING" {"}"}. Objects that are not read for 30 days then cost less, and after 90 days less again; objects below 128 KB stay in Standard
loses_colder_classes = a fee for each object
risk_colder_classes = each object costs one transition request and a monitoring charge every month: where most objects are small or read often it costs more

lever_efs_infrequent_access = EFS files unread for a month: cold class
how_efs_infrequent_access = add lifecycle_policy {"{"} transition_to_ia = "AFTER_30_DAYS" {"}"} to the file system; it is changed in place
loses_efs_infrequent_access = more expensive reads of old files
risk_efs_infrequent_access = each gigabyte read from or moved to Infrequent Access is charged, and the first read of such a file takes tens of milliseconds: where old files are read often it costs more

promise_standard_storage = the storage class for what is read often
