needs_shards = 샤드 수를 알 수 없어요
consumers_registered = 파일에 등록된 소비자 { $consumers }개가 한 달 내내 모든 샤드를 읽는 것으로 계산했어요
