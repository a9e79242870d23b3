no_minimum_duration = Intelligent-Tiering은 최소 보관 기간이 없어서 { $gb }GB를 일찍 삭제해도 비용이 없어요
