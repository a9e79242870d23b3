lightsail_generation = 이전 세대 번들이에요. 지금 번들의 요금으로 계산했어요
needs_lightsail_bundle = 번들이 파일에 없어요
needs_static_ip_name = 연결되어 있으면 무료예요. 어느 연결이 이 IP인지는 이름에 따라 다른데, 그 이름을 알 수 없어요
