storage_included = 인스턴스 요금에 { $gib } GiB가 포함돼요
