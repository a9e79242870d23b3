### `glimpse prices update`, and the user's price cache.

price_cache_of_other = { $path }의 가격 캐시는 다른 버전의 Glimpse에서 만든 거예요. 그래서 Glimpse에 들어 있는 가격을 써요. `glimpse prices update`를 실행하세요.
price_cache_broken = 가격 캐시를 쓸 수 없어요. { $path } 파일이 손상됐거나 바뀌었어요. 그래서 Glimpse에 들어 있는 가격을 써요. `glimpse prices update`를 실행하세요.
ui_prices_cached = 사용자 캐시({ $path })에서 온 가격: { $regions }.

price_offline = AWS 가격표에 연결하지 못했어요({ $detail }). 바뀐 것은 없고, 지금 있는 가격을 계속 써요.
price_mirror_missing = AWS 가격 파일이 있는 폴더가 아니에요: { $path }. 그 아래에서 offers/v1.0/aws/index.json을 찾았지만 없어요.
price_unreachable = 파일을 끝까지 읽지 못했어요({ $detail })
price_not_asked = 앞의 가격 파일들에 연결하지 못해서 요청하지 않았어요
price_reading = { $region }의 { $service } 가격 읽는 중 …
price_offers = 가격이 있는 서비스 목록 읽는 중 …
price_progress = { $service } { $region }: { $megabytes }MB 읽음

# Why an offer file is refused.
price_offer_no_head = 파일이 가격 파일처럼 시작하지 않아요. 파일 정보 다섯 줄과 열 이름이 있어야 해요
price_offer_other = 다른 서비스의 가격 파일이에요: { $found }. 필요한 것: { $expected }
price_offer_column = 파일에 { $column } 열이 없어요
price_offer_columns = 파일의 열이 { $count }개예요. { $limit }개까지만 읽어요
price_offer_cut = { $row }번째 줄의 칸 수가 열 수와 달라요. 파일이 잘렸을 수 있어요
price_offer_short = 파일이 끝나기 전에 끊겼어요
price_offer_too_large = 파일이 어떤 가격 파일보다도 커요
price_offer_line = 파일에 { $limit }바이트보다 긴 줄이 있거나 따옴표가 닫히지 않았어요
price_offer_text = 파일이 UTF-8 텍스트가 아니에요
price_offer_gzip = 파일이 gzip이 아닌 방식으로 압축됐거나 손상됐어요
price_offer_not_json = 파일이 JSON이 아니에요
price_offer_path = 리전 색인에 적힌 파일({ $path })이 해당 서비스와 리전의 파일이 아니에요
price_offer_redirect = 주소가 { $host }의 다른 주소로 넘어가요. 따라가지 않아요
price_offer_region = 다른 리전의 가격이 있는 파일이에요: { $found }. 필요한 리전: { $expected }
price_offer_currency = 파일의 가격이 USD가 아니라 { $found } 기준이에요
price_offer_number = 파일에서 가격이나 수량이 있어야 할 곳에 다른 값이 있어요: "{ $text }"
price_offer_huge = 파일에 단위당 { $usd } USD인 가격이 있어요
price_offer_few = 이 서비스에서 가지고 있는 가격 { $expected }개 중 { $found }개만 파일에 있어요. 열이나 이름이 바뀌었을 수 있어요
price_offer_doubtful = 가격 { $of }개 중 { $count }개가 3배 넘게 움직였거나 단위나 구간이 맞지 않아요. 첫 번째: { $first }
price_offer_future = 파일의 발행일({ $date })이 아직 오지 않은 날이에요
price_offer_older = 파일의 발행일({ $date })이 지난번에 읽은 파일({ $read })보다 앞서요

# Why one price is not taken over.
price_doubt_unit = 단위의 기간이 가격표와 달라요
price_doubt_twice = 파일에 가격이 두 개 있어요
price_doubt_ambiguous = 파일에서 가격이 서로 다른 여러 제품에 해당해요
price_doubt_tiers = 구간이 이어지지 않거나 단위의 일부에서 시작해요
price_doubt_upfront = 선결제 금액이 없거나, 없어야 하는데 있어요
price_doubt_jump = 3배 넘게 움직였어요
price_doubt_older = 파일이 가격표의 가격보다 오래됐어요

# The report.
price_updated = { $date } 기준: 그대로 { $confirmed }개, 바뀜 { $moved }개, 새 가격 { $new }개
price_outcome_unchanged = 이미 읽음
price_outcome_not_sold = 가격 파일 없음
price_left = 그대로 뒀어요: { $why }.
price_moved = 바뀐 가격: { $count }개. 단위당 USD, 많이 바뀐 순서예요:
price_missing = 가격 파일에 더 이상 없는 가격: { $count }개. 예전 가격과 날짜를 그대로 둬요:
price_kept = 맞지 않아 보이는 가격: { $count }개. 예전 그대로 둬요:
price_more = 외 { $count }개(--format json에 모두 있어요)
price_bill = 이 스택의 청구서: 월 { $before } → { $after } USD({ $difference }). 바뀐 항목:
price_bill_same = 이 스택의 청구서는 월 { $usd } USD 그대로예요.
price_no_bill = 청구서는 비교하지 않았어요: { $why }
price_coverage = 이 리전들의 가격 { $held }개 중 { $covered }개를 AWS 파일에서 읽을 수 있어요. 나머지는 예전 가격과 날짜를 그대로 둬요.
price_written = { $path }에 썼어요.
price_not_written = 아무것도 쓰지 않았어요. --dry-run 없이 실행하면 { $path }에 써요.
