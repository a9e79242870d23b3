rules_stated = with { $count } rules inside rule groups, as stated
needs_rules = how many rules it has is unknown
