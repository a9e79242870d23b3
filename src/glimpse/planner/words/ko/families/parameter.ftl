needs_parameter_tier = AWS가 값에 따라 등급을 정하는데, 값을 알 수 없어요
