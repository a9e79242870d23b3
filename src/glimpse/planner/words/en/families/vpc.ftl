lattice_requests_even = the first 300,000 requests of each hour are free; requests are taken to come evenly
