### Levers on DynamoDB tables.

lever_on_demand_table = DynamoDB 프로비저닝 대신 온디맨드
how_on_demand_table = billing_mode = "PAY_PER_REQUEST"로 바꾸고 각 global_secondary_index까지 read_capacity와 write_capacity를 지우세요. 테이블은 교체 없이 계속 쓸 수 있고, 24시간 뒤 되돌릴 수 있어요
loses_on_demand_table = 요청 요금에 상한 없음
risk_on_demand_table = on_demand_throughput을 지정하지 않으면 요청 요금에 상한이 없고, 표시된 요청 수를 넘으면 더 비싸져요

lever_infrequent_access_table = DynamoDB Standard-IA 테이블 클래스
how_infrequent_access_table = 테이블에 table_class = "STANDARD_INFREQUENT_ACCESS"를 지정하세요. 교체 없이 변경되고 30일에 두 번까지 바꿀 수 있어요. 테이블 요금에서 스토리지 비중이 클 때 유리해요
loses_infrequent_access_table = 읽기와 쓰기가 더 비쌈
risk_infrequent_access_table = 읽기와 쓰기 요금이 4분의 1 오르고 예약 용량을 쓸 수 없어요. 요청 비중이 크면 더 비싸져요

promise_provisioned_capacity = 고정 요금의 프로비저닝 용량
