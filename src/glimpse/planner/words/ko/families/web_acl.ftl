rules_stated = 입력된 대로 규칙 그룹 안의 규칙 { $count }개를 더했어요
needs_rules = 규칙 수를 알 수 없어요
