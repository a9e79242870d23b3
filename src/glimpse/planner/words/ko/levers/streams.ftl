### A lever on streams.

lever_stream_retention = Kinesis 레코드를 하루만 보관
how_stream_retention = aws_kinesis_stream의 retention_period를 24로 바꾸거나 지우세요. 스트림은 그대로이고 하루가 지난 레코드는 바로 사라져요. 나중에 다시 읽어야 하는 레코드는 버킷처럼 전달된 곳에서 읽으세요
loses_stream_retention = 하루 지난 레코드 삭제
risk_stream_retention = 하루 넘게 멈춘 소비자는 레코드를 잃고, 스트림에서 다시 읽을 수 없어요

promise_stream_hours = 하루가 지난 스트림 레코드
