two_budgets_free = an account's first two budgets with actions are free, which is not taken off here
