endpoint_one_zone = no subnet is named; an endpoint needs one, and one is counted
