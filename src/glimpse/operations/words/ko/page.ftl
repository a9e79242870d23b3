### The sentences of the live page's server.

page_charts_missing = 차트를 그리려면 vl-convert-python 패키지가 필요해요. glimpse를 `operations` extra와 함께 설치해 주세요.
page_charts_broken = 차트 라이브러리를 만들지 못했어요: { $detail }
page_drill_request = 훈련 요청의 형식이 맞지 않아요: { $detail }
page_drill_running = { $name } 훈련이 진행 중이에요. 끝난 뒤에 다시 시작해 주세요.
page_drill_crashed = 훈련을 계속할 수 없었어요: { $detail }
page_costs_unread = 스택 옆의 이용량 파일을 읽을 수 없어 이 부하의 비용을 계산하지 못해요: { $detail }
