"""The object store: Amazon S3, whatever speaks its protocol, and a SeaweedFS of our own."""
