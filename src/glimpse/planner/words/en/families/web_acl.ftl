rules_stated = including the given rules in rule groups: { $count }
needs_rules = the number of its rules is unknown
