invalidations_within_price = the account's first invalidations each month ({ $paths } paths) are free
flat_rate_exceeded = usage is beyond the flat-rate plan Pro (10 million requests, 50 TB a month)
