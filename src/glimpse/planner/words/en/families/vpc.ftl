lattice_requests_even = the first 300,000 requests of each hour are within the price; requests are taken to come evenly
