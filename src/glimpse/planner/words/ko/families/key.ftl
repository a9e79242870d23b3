key_rotation_adds = 처음 두 번의 교체는 각각 키 한 개만큼 요금을 더해요
