"""A deployed stack as AWS's APIs show it, read-only, by boto3."""
