### A lever on streams.

lever_stream_retention = Kinesis records kept for a day
how_stream_retention = set retention_period = 24 in the aws_kinesis_stream, or leave it out. The stream stays; records older than a day are gone at once. Where a record must be read again later, read it from where it is delivered to, a bucket for example
risk_stream_retention = a consumer that stands still for more than a day loses records, and nobody can replay them from the stream

promise_stream_hours = records of a stream after a day
