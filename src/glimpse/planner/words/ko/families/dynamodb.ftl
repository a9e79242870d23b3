needs_table = 테이블이 이 파일들에 없어요
table_warmed = 높일 때 한 번 과금되고, Glimpse는 아직 계산하지 못해요
scaled_to_least = 스케일링 최솟값으로 계산했어요. 늘어난 동안은 더 과금돼요
