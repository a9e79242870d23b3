needs_keyspaces_capacity = read_capacity_units or write_capacity_units could not be read
