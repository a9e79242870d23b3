nat_one_zone = a regional gateway is in at least one zone, at the price of a zonal one
needs_nat_zones = AWS adds zones and addresses to a regional gateway by itself, so the number of its zones is unknown
