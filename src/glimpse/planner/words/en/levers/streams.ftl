### A lever on streams.

lever_stream_retention = Kinesis records kept for a day
how_stream_retention = set retention_period = 24 in the aws_kinesis_stream, or leave it out. The stream stays; records older than a day are gone at once. A record that must be read again later has to come from where it is delivered, for example a bucket
loses_stream_retention = no records older than a day
risk_stream_retention = a consumer that is down for more than a day loses records, and nobody can replay them from the stream

promise_stream_hours = stream records older than a day
