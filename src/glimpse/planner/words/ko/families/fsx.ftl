needs_fsx_storage = 스토리지 용량을 알 수 없어요. 백업이 정할 수도 있어요

needs_fsx_throughput = 처리량 용량을 알 수 없어요

compression_saves_no_capacity = 프로비저닝한 용량으로 과금돼요. 압축은 공간을 늘릴 뿐 프로비저닝한 용량을 줄이지 않아요
