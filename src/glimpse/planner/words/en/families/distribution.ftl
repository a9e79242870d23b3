invalidations_within_price = the account's first { $paths } paths a month are within the price
flat_rate_exceeded = more is used than the flat-rate plan Pro holds (10 million requests, 50 TB a month)
