two_budgets_free = an account's first two budgets with actions are free; that is not deducted here
