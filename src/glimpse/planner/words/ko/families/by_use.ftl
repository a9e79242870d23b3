use_only = { $service } 요금은 사용량으로만 정해지는데, 가격표에 가격이 없고 입력된 사용량도 없어요
use_only_given = 입력된 사용량에 쓸 { $service } 가격이 가격표에 없어요: { $keys }
unpriced_by_use = 사용량으로만 과금되는데 가격표에 가격이 없어요: { $type }({ $service })
