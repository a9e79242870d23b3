needs_public_setting = 인스턴스마다 받는지는 설정에 따라 다른데, 그 값을 알 수 없어요
