needs_address_pool = 주소 풀이 파일에 없어요. Amazon이 제공한 주소는 과금되고, 직접 가져온 주소는 과금되지 않아요
