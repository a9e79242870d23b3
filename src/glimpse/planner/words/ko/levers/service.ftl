### The move to Glimpse in words.

lever_glimpse_service = NestJS 서비스 대신 Glimpse
how_glimpse_service = task 정의에서 Glimpse 이미지를 배포하고, 앱을 클라이언트 패키지(clients/typescript)로, 파일 전송을 docs/how-to/direct-uploads.ko.md의 방식으로 옮기고, 사용자, 채팅방, 메시지를 Glimpse 테이블로 복사하세요. 그런 다음 glimpse.toml에 [service] runs = "glimpse"를 적으세요
loses_glimpse_service = 다른 서비스로 옮기는 작업
risk_glimpse_service = 마이그레이션이에요. 데이터를 복사하는 도구는 아직 없고, 모든 앱을 업데이트해야 하며, 자체 서비스에 추가한 기능은 다시 만들어야 해요. Glimpse는 task 하나가 더 많은 사용자를 받으므로 task 수가 줄고, 하나가 멈추면 더 많은 사용자가 영향을 받아요
promise_own_service = 직접 만든 서비스
