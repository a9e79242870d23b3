charged_on_both_sides = 양쪽에서 과금돼서 입력값의 두 배예요
