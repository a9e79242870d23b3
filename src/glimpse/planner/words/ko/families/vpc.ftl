lattice_requests_even = 매시간 처음 요청 300,000건은 무료예요. 요청이 고르게 온다고 봤어요
