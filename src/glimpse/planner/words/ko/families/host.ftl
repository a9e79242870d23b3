reservation_inside = 이 스택의 인스턴스 { $count }개가 이 예약을 쓰고, 요금은 그 인스턴스에 붙어요
fleet_once = 한 번만 요청하는 플릿이에요. 인스턴스를 유지하지 않아서 실행 시간을 알 수 없어요
