needs_delivery_subnets = 몇 개의 서브넷으로 전송하는지 알 수 없어요
records_of_steps = 레코드가 { $kb } KB 단위를 채운다고 봤어요. 더 작으면 { $kb } KB로 과금돼요 (record_size_kb에 크기를 적으세요)
