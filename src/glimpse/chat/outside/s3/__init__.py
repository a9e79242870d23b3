"""The object store: Amazon S3, a server with the same protocol, or a SeaweedFS that the service starts itself."""
