rules_stated = 규칙 그룹 안의 규칙 { $count }개(입력된 값)를 더했어요
needs_rules = 규칙 수를 알 수 없어요
