lcu_of_means = 입력된 차원 중 가장 큰 값이에요. 매시간 똑같다고 봤어요
nlcu_dearest = 리스너 프로토콜이 여러 가지라, 전부 용량 단위를 가장 많이 쓰는 프로토콜이라고 봤어요
nlcu_of_tcp = 파일에 리스너가 없어서 전부 TCP라고 봤어요
needs_reserved = 예약한 용량 단위 수를 알 수 없어요
