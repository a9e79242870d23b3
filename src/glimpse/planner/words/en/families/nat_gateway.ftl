nat_one_zone = a regional gateway stands in one zone at least, at the price of a zonal one
needs_nat_zones = AWS adds zones and addresses to a regional gateway by itself; in how many zones it stands is unknown
