// The texts of the page, in both languages. `{name}` is replaced. What happened is said by the server.

const WORDS = {
  en: {
    otherLanguage: "한국어", switchLanguage: "한국어로 보기", title: "The stack on this machine",
    summary: "Everything is running: tasks {tasks}, parts {parts}", summarySome: "Running: {running} of {all} tasks and parts",
    summarySpeed: "notice, drain and start times divided by {speed}",
    connected: "Live", disconnected: "No connection to glimpse up. Trying again…",
    traffic: "Traffic", sockets: "Sockets", socketsNote: "open connections, by task", messages: "Messages a second",
    deliveries: "{count} deliveries a second", p99: "p99", p99Note: "from arrival to acknowledgement", drops: "Drops",
    dropsNone: "no socket has left yet", drops5xx: "5xx answers: {count}", socketsChart: "Chart: sockets of each task in the last five minutes",
    messagesChart: "Chart: messages a second in the last five minutes", p99Chart: "Chart: p99 in the last five minutes",
    dropsChart: "Chart: sockets that left, by reason, in the last five minutes",
    timelineChart: "Chart: what happened to each task and part in the last five minutes",
    chartsLoading: "The chart library is being made…", chartsBroken: "No charts: {reason}", now: "now", minutes: "{count} min",
    tasks: "Tasks", limits: "Each really has {vcpu} vCPU and {memory} MiB.",
    parts: "Parts", memory: "{memory} MiB in all, tasks included",
    part_balancer: "Balancer", part_database: "Database", part_bus: "Bus", part_storage: "Object store", part_clients: "Clients", part_service: "Service", part_drill: "Drill", part_stack: "Stack",
    FARGATE: "On demand", FARGATE_SPOT: "Spot", starting: "starting", running: "running", draining: "draining", stopped: "stopped", failed: "failing",
    registered: "registered", notRegistered: "not registered", registeredMeans: "The balancer sends new connections to registered tasks only.", cpu: "CPU", memoryShort: "Memory", socketsShort: "Sockets", connectionsShort: "DB connections",
    since: "for {time}", restarts: "started again {count}×", window1: "Window 1", window2: "Window 2", bothWindows: "Windows 1 and 2", onTask: "on {task}", onNone: "on no task",
    openAlone: "Open alone", chats: "Two chat windows", chatsNote: "Two people in one browser: each window has a port and a cookie of its own. Sign up in both, and let them talk while a drill runs.",
    drills: "Drills", clients: "Clients", drillIdle: "Each drill runs under the load of these clients and then shows what they saw.",
    drillRuns: "{name} is running: {seconds} s", drillFailed: "The last drill has no result: {reason}", start: "Start",
    drill_spot: "Spot loss", drill_crash: "Crash", drill_bus: "Bus", drill_database: "Database", drill_storage: "Object store",
    drill_deploy: "Deploy", drill_storm: "Reconnect storm", "drill_slow-readers": "Slow readers",
    does_spot: "AWS takes a Spot task back: it drains, and a replacement starts.", does_crash: "One task is killed without a warning.",
    does_bus: "The bus between the tasks is killed and starts again.", does_database: "PostgreSQL is killed and recovers.",
    does_storage: "The object store is killed while a file is uploaded.", does_deploy: "New tasks replace all old ones, a few at a time.",
    does_storm: "The balancer cuts every client, and 200 quiet ones, at the same moment.", "does_slow-readers": "Some clients stop reading while others talk.",
    kept: "every promise kept", broken: "{count} promises broken", brokenOne: "one promise broken", resultNote: "{clients} clients · {acknowledged} messages acknowledged · seed {seed}",
    lost: "Lost", duplicates: "Duplicates", gaps: "Gaps", withoutService: "Longest without service", everyoneBack: "Last client back, from the start", recovery: "Recovered after", recoveryDocument: "the document says 30 s", recoverySpeed: "at speed {speed}; at speed 1 about {full} s, the document says 30 s", notRecovered: "not recovered",
    seconds: "{count} s", atMost: "{measured} of at most {bound}", none: "none", never: "never", nobodyLeft: "nobody was cut off", promiseKept: "kept", promiseBroken: "broken",
    timeline: "What happened", noEvents: "Nothing yet.",
    costs: "A month of this stack on AWS", costsLoad: "Priced at {sockets} sockets and {messages} messages a second, all month long.",
    costsWait: "This load is being priced…", scenario: "Scenario", plannedLoad: "At the planned load", thisLoad: "At this load", againstToday: "Against today",
    today: "today", best: "best", recommended: "recommended", costsNote: "List prices in USD from glimpse plan. The first row is the Terraform as it is. A bar is this load, its mark the planned one.", atLeast: "at least {usd}",
  },
  ko: {
    otherLanguage: "English", switchLanguage: "View in English", title: "이 컴퓨터에서 실행 중인 스택",
    summary: "task {tasks}개와 구성 요소 {parts}개가 모두 실행 중이에요", summarySome: "task와 구성 요소 {all}개 중 {running}개가 실행 중이에요",
    summarySpeed: "회수 예고, 드레인, 시작 시간은 1/{speed}로 줄였어요",
    connected: "실시간", disconnected: "glimpse up과 연결이 끊겼어요. 다시 연결하고 있어요…",
    traffic: "트래픽", sockets: "소켓", socketsNote: "task마다 열려 있는 연결", messages: "초당 메시지",
    deliveries: "초당 전달 {count}건", p99: "p99", p99Note: "도착부터 확인 응답까지", drops: "끊긴 연결",
    dropsNone: "아직 끊긴 소켓이 없어요", drops5xx: "5xx 응답 {count}건", socketsChart: "차트: 최근 5분 동안 task별 소켓 수",
    messagesChart: "차트: 최근 5분 동안 초당 메시지 수", p99Chart: "차트: 최근 5분 동안 p99",
    dropsChart: "차트: 최근 5분 동안 이유별로 끊긴 소켓 수", timelineChart: "차트: 최근 5분 동안 task와 구성 요소마다 일어난 일",
    chartsLoading: "차트 라이브러리를 만들고 있어요…", chartsBroken: "차트를 그릴 수 없어요: {reason}", now: "지금", minutes: "{count}분",
    tasks: "task", limits: "task마다 실제로 {vcpu} vCPU, {memory} MiB만 써요.",
    parts: "구성 요소", memory: "task를 포함해 모두 {memory} MiB",
    part_balancer: "로드 밸런서", part_database: "데이터베이스", part_bus: "버스", part_storage: "객체 스토리지", part_clients: "클라이언트", part_service: "서비스", part_drill: "훈련", part_stack: "스택",
    FARGATE: "온디맨드", FARGATE_SPOT: "Spot", starting: "시작하는 중", running: "실행 중", draining: "드레인 중", stopped: "멈춤", failed: "계속 실패",
    registered: "등록됨", notRegistered: "등록 안 됨", registeredMeans: "로드 밸런서는 등록된 task에만 새 연결을 보내요.", cpu: "CPU", memoryShort: "메모리", socketsShort: "소켓", connectionsShort: "DB 연결",
    since: "{time}째", restarts: "{count}번 다시 시작", window1: "창 1", window2: "창 2", bothWindows: "창 1, 2", onTask: "{task}에 연결", onNone: "연결된 task 없음",
    openAlone: "따로 열기", chats: "채팅 창 두 개", chatsNote: "한 브라우저에 두 사람이 있어요. 창마다 포트와 쿠키가 따로 있어요. 두 창에서 모두 가입하고, 훈련하는 동안 대화해 보세요.",
    drills: "훈련", clients: "클라이언트", drillIdle: "클라이언트가 메시지를 주고받는 동안 훈련하고, 클라이언트가 겪은 일을 보여 줘요.",
    drillRuns: "{name} 훈련 중: {seconds}초", drillFailed: "지난 훈련은 결과가 없어요: {reason}", start: "시작",
    drill_spot: "Spot 회수", drill_crash: "비정상 종료", drill_bus: "버스", drill_database: "데이터베이스", drill_storage: "객체 스토리지",
    drill_deploy: "배포", drill_storm: "동시 재연결", "drill_slow-readers": "느린 수신자",
    does_spot: "AWS가 Spot task를 회수해요. 드레인하는 동안 새 task가 시작돼요.", does_crash: "task 하나를 예고 없이 종료해요.",
    does_bus: "task 사이의 버스를 강제로 종료했다가 다시 시작해요.", does_database: "PostgreSQL을 종료하고, 복구되는지 봐요.",
    does_storage: "파일을 올리는 동안 객체 스토리지를 종료해요.", does_deploy: "새 task가 이전 task를 차례로 모두 대체해요.",
    does_storm: "로드 밸런서가 조용한 클라이언트 200개까지 모든 연결을 한꺼번에 끊어요.", "does_slow-readers": "다른 클라이언트가 대화하는 동안 일부는 읽기를 멈춰요.",
    kept: "모든 약속을 지켰어요", broken: "약속 {count}개를 지키지 못했어요", brokenOne: "약속 하나를 지키지 못했어요", resultNote: "클라이언트 {clients}개 · 확인된 메시지 {acknowledged}개 · 시드 {seed}",
    lost: "유실", duplicates: "중복", gaps: "누락", withoutService: "가장 길게 멈춘 시간", everyoneBack: "시작부터 모두 재연결까지", recovery: "복구", recoveryDocument: "문서에는 30초", recoverySpeed: "{speed}배속이에요. 1배속이면 약 {full}초, 문서에는 30초", notRecovered: "복구되지 않음",
    seconds: "{count}초", atMost: "{measured} (최대 {bound})", none: "없음", never: "안 됨", nobodyLeft: "끊긴 적 없음", promiseKept: "지킴", promiseBroken: "못 지킴",
    timeline: "일어난 일", noEvents: "아직 없어요.",
    costs: "이 스택의 AWS 한 달 비용", costsLoad: "소켓 {sockets}개, 초당 메시지 {messages}건이 한 달 내내 이어질 때의 비용이에요.",
    costsWait: "이 부하의 비용을 계산하고 있어요…", scenario: "시나리오", plannedLoad: "계획한 부하", thisLoad: "지금 부하", againstToday: "현재와 비교",
    today: "현재", best: "최적", recommended: "추천", costsNote: "glimpse plan이 계산한 정가(USD)예요. 첫 줄은 지금의 Terraform 그대로예요. 막대는 지금 부하, 세로선은 계획한 부하예요.", atLeast: "최소 {usd}",
  },
};

const LANGUAGE_KEY = "glimpse.language";
let language = localStorage.getItem(LANGUAGE_KEY) ?? (navigator.language.toLowerCase().startsWith("ko") ? "ko" : "en");

export function currentLanguage() {
  return language;
}

export function toggleLanguage() {
  language = language === "ko" ? "en" : "ko";
  localStorage.setItem(LANGUAGE_KEY, language);
}

export function say(key, values = {}) {
  return WORDS[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export function isWord(key) {
  return key in WORDS[language];
}

/** Sets the text of every element that names a word, and the labels that only some readers hear or see. */
export function sayAll() {
  document.documentElement.lang = language;
  document.title = `Glimpse · ${say("title")}`;
  for (const found of document.querySelectorAll("[data-word]")) found.textContent = say(found.dataset.word);
  for (const found of document.querySelectorAll("[data-label]")) found.setAttribute("aria-label", say(found.dataset.label));
  for (const found of document.querySelectorAll("[data-title]")) found.title = say(found.dataset.title);
}

export function number(value, digits = 0) {
  return new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

export function usd(text) {
  return new Intl.NumberFormat(language, { style: "currency", currency: "USD", currencyDisplay: "narrowSymbol" }).format(Number(text));
}

export function timeOf(seconds) {
  return new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(new Date(seconds * 1000));
}

/** How long, in the largest unit that is at least 1. */
export function lengthOf(seconds) {
  const [amount, unit] = seconds < 60 ? [seconds, "second"] : seconds < 3600 ? [seconds / 60, "minute"] : seconds < 86400 ? [seconds / 3600, "hour"] : [seconds / 86400, "day"];
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 0 }).format(Math.floor(Math.max(amount, 0)));
}

/** A task's name, or a part's. */
export function subjectOf(name) {
  return isWord(`part_${name}`) ? say(`part_${name}`) : name;
}
