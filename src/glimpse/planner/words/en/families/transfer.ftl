charged_on_both_sides = charged on both sides: twice the given amount
