needs_dpus = DPU 수를 알 수 없어요
crawler_of_one_dpu = 입력한 시간을 DPU 1개 기준으로 봤어요. 크롤러는 더 쓸 수 있어요
