needs_what_is_backed_up = how much of each kind of resource it keeps is not known, and each kind has its own price
