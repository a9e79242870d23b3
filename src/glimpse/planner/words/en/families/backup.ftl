needs_what_is_backed_up = how much it keeps of each type of resource is not known, and each type has its own price
