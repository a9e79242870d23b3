invalidations_within_price = 계정마다 매달 처음 { $paths }개 경로는 무료예요
flat_rate_exceeded = 정액 요금제 Pro의 한도(매달 요청 1,000만 건, 50 TB)를 넘게 써요
