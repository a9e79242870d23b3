two_budgets_free = 계정의 첫 두 작업 예산은 무료예요. 여기서는 빼지 않았어요
