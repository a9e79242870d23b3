needs_address_pool = its pool is not in these files: Amazon's addresses are charged, addresses that you bring are not
