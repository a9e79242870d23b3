dominant_direction = 데이터가 더 많은 방향만 과금돼요
