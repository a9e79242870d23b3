// The texts of the page, in both languages. `{name}` is replaced.

const WORDS = {
  en: {
    otherLanguage: "한국어", switchLanguage: "한국어로 보기", tagline: "Say it. It arrives.",
    handle: "Handle", password: "Password", logIn: "Log in", signUp: "Sign up", logOut: "Log out", logOutAsk: "Log out? What is not sent yet is lost.",
    toSignUp: "New here? Make an account", toLogIn: "Already have an account? Log in",
    handleHint: "Up to 64 letters, digits and symbols, without spaces, / or @.",
    conversations: "Chats", conversation: "Open chat", startLabel: "Handle of the person you want to talk to", startHint: "Start with a handle",
    start: "Start", noConversations: "No chats yet. Enter a friend’s handle above to begin.",
    nothingOpen: "Choose a chat, or start a new one.", back: "Back to chats", more: "More", messages: "Messages",
    online: "Online", offline: "Offline", people: "{count} people", alone: "Nobody else is here",
    typing: "{name} is typing…", typingMany: "Several people are typing…",
    write: "Write a message", send: "Send", tooLong: "Too long: {count} of {most} characters",
    sending: "Sending", sent: "Sent", read: "Read", readBy: "Read by {count}", you: "You", deletedAccount: "Deleted account", formerMember: "Former member",
    deleted: "This message was deleted", delete: "Delete", deleteAsk: "Delete this message for everyone?",
    deleteHint: "The up and down arrow keys go to your other messages.",
    block: "Block {name}", unblock: "Unblock {name}", unblockDo: "Unblock", youBlocked: "You blocked this person. Neither of you can send messages here.",
    leave: "Leave this chat", leaveAsk: "Leave this chat? It disappears from your list.", leaveDo: "Leave",
    youLeft: "You left {name}.", return: "Return",
    cancel: "Cancel", retry: "Try again", discard: "Discard", left: "{name} left", leftMine: "You left", joined: "The members changed",
    noMessages: "Nothing here yet. Say hello.", loadingMessages: "Loading messages…", loadingConversations: "Loading chats…", loadOlder: "Load older messages",
    textMine: "You: {text}", textBy: "{name}: {text}",
    file: "Sent {kind}", fileMine: "You sent {kind}", fileBy: "{name} sent {kind}",
    kind_image: "a picture", kind_video: "a video", kind_audio: "an audio file", kind_file: "a file",
    deletedMine: "You deleted a message", deletedBy: "{name} deleted a message",
    attach: "Send a file", changePicture: "Change your picture", uploading: "Uploading {percent} %", fileLost: "This file is gone",
    unread: "{count} unread", newMessages: "New messages", toNewest: "To the newest", reconnecting: "Connection lost. Reconnecting…",
    reconnectingKept: "Connection lost. Reconnecting… Your messages are kept and will be sent.", back_online: "Back online",
    replaced: "You opened Glimpse in too many places, so it stopped here.", useHere: "Use here",
    replacedKept: "You opened Glimpse in too many places, so it stopped here. Your messages are kept and will be sent when you use it here.",
    settings: "Settings", displayName: "Display name", save: "Save", saved: "Saved.", close: "Close",
    displayNameHint: "Others see it beside your handle. Without one they see the handle alone.",
    oldPassword: "Current password", newPassword: "New password", changePassword: "Change password",
    passwordHint: "At least 8 characters.", passwordChanged: "Your password is changed. You are logged out everywhere else.", logOutEverywhere: "Log out everywhere",
    logOutEverywhereAsk: "Log out everywhere? You have to log in again on each device, on this one, too.",
    passwordToDelete: "Your password, to delete your account", deleteAccount: "Delete account",
    deleteAccountAsk: "Delete your account? Your files go, your messages stay as those of a deleted account. This cannot be undone.",
    today: "Today", yesterday: "Yesterday",
    error_wrong_login: "The handle or the password is not right.", error_unknown_handle: "Nobody has this handle.",
    error_signup_off: "No accounts are kept here. Please log in where your app does.",
    error_token_expired: "You were away for a while. Please log in again.", error_ended: "Please log in again.",
    error_invalid_handle: "Use up to 64 letters, digits and symbols, without spaces, / or @.", error_not_a_picture: "This browser cannot show that file as a picture. Please choose another.",
    error_invalid: "Please check what you entered.", error_self: "That is you.",
    error_left: "Not delivered: you are no longer in this chat.",
    error_blocked: "Not delivered: this person does not take messages from you.", error_gone: "Not sent: the file is gone.",
    error_other: "That did not work. Please try again.",
  },
  ko: {
    otherLanguage: "English", switchLanguage: "View in English", tagline: "말하면, 닿아요.",
    handle: "아이디", password: "비밀번호", logIn: "로그인", signUp: "회원가입", logOut: "로그아웃", logOutAsk: "로그아웃할까요? 아직 보내지 못한 메시지는 사라져요.",
    toSignUp: "처음이신가요? 회원가입", toLogIn: "이미 계정이 있나요? 로그인",
    handleHint: "64자까지 쓸 수 있고 공백, /, @는 안 돼요.",
    conversations: "채팅", conversation: "현재 채팅", startLabel: "대화할 상대의 아이디", startHint: "아이디로 대화 시작",
    start: "시작", noConversations: "아직 채팅이 없어요. 위에 친구 아이디를 입력해 시작해 보세요.",
    nothingOpen: "채팅을 선택하거나 새로 시작해 보세요.", back: "채팅 목록으로", more: "더보기", messages: "메시지",
    online: "접속 중", offline: "오프라인", people: "{count}명", alone: "대화 상대가 없어요",
    typing: "{name}님이 입력 중이에요…", typingMany: "여러 명이 입력 중이에요…",
    write: "메시지 입력", send: "보내기", tooLong: "너무 길어요. {count}/{most}자",
    sending: "보내는 중", sent: "보냄", read: "읽음", readBy: "{count}명 읽음", you: "나", deletedAccount: "탈퇴한 사용자", formerMember: "나간 사용자",
    deleted: "삭제된 메시지예요", delete: "삭제", deleteAsk: "이 메시지를 모든 대화 상대에게서 삭제할까요?",
    deleteHint: "위아래 화살표 키로 내 다른 메시지로 이동할 수 있어요.",
    block: "{name}님 차단", unblock: "{name}님 차단 해제", unblockDo: "차단 해제", youBlocked: "차단한 상대예요. 여기서는 서로 메시지를 보낼 수 없어요.",
    leave: "채팅방 나가기", leaveAsk: "채팅방에서 나갈까요? 채팅 목록에서 사라져요.", leaveDo: "나가기",
    youLeft: "나온 채팅방: {name}", return: "다시 들어가기",
    cancel: "취소", retry: "다시 보내기", discard: "보내지 않기", left: "{name}님이 나갔어요", leftMine: "내가 나갔어요", joined: "참여자가 바뀌었어요",
    noMessages: "아직 메시지가 없어요. 먼저 인사해 보세요.", loadingMessages: "메시지를 불러오고 있어요…", loadingConversations: "채팅을 불러오고 있어요…", loadOlder: "이전 메시지 더 보기",
    textMine: "나: {text}", textBy: "{name}: {text}",
    file: "{kind} 보냈어요", fileMine: "내가 {kind} 보냈어요", fileBy: "{name}님이 {kind} 보냈어요",
    kind_image: "사진을", kind_video: "동영상을", kind_audio: "오디오 파일을", kind_file: "파일을",
    deletedMine: "내가 메시지를 삭제했어요", deletedBy: "{name}님이 메시지를 삭제했어요",
    attach: "파일 보내기", changePicture: "프로필 사진 변경", uploading: "올리는 중 {percent}%", fileLost: "삭제된 파일이에요",
    unread: "안 읽은 메시지 {count}개", newMessages: "새 메시지", toNewest: "최신 메시지로", reconnecting: "연결이 끊겼어요. 다시 연결하고 있어요…",
    reconnectingKept: "연결이 끊겼어요. 다시 연결되면 작성한 메시지를 보낼게요.", back_online: "다시 연결됐어요",
    replaced: "접속한 기기가 너무 많아 여기서는 연결이 끊겼어요.", useHere: "여기서 사용하기",
    replacedKept: "접속한 기기가 너무 많아 여기서는 연결이 끊겼어요. ‘여기서 사용하기’를 누르면 작성한 메시지를 보낼게요.",
    settings: "설정", displayName: "이름", save: "저장", saved: "저장했어요.", close: "닫기",
    displayNameHint: "다른 사람에게 아이디와 함께 보여요. 비워 두면 아이디만 보여요.",
    oldPassword: "현재 비밀번호", newPassword: "새 비밀번호", changePassword: "비밀번호 변경",
    passwordHint: "8자 이상으로 정해 주세요.", passwordChanged: "비밀번호를 바꿨어요. 다른 기기에서는 모두 로그아웃됐어요.", logOutEverywhere: "모든 기기에서 로그아웃",
    logOutEverywhereAsk: "모든 기기에서 로그아웃할까요? 이 기기에서도 다시 로그인해야 해요.",
    passwordToDelete: "탈퇴하려면 비밀번호를 입력해 주세요", deleteAccount: "탈퇴하기",
    deleteAccountAsk: "정말 탈퇴할까요? 파일은 삭제되고, 메시지는 ‘탈퇴한 사용자’의 메시지로 남아요. 되돌릴 수 없어요.",
    today: "오늘", yesterday: "어제",
    error_wrong_login: "아이디 또는 비밀번호가 맞지 않아요.", error_unknown_handle: "없는 아이디예요.",
    error_signup_off: "이 페이지에서는 로그인할 수 없어요. 사용하는 앱에서 로그인해 주세요.",
    error_token_expired: "오랫동안 사용하지 않아 로그아웃됐어요. 다시 로그인해 주세요.", error_ended: "다시 로그인해 주세요.",
    error_invalid_handle: "공백, /, @ 없이 64자까지 쓸 수 있어요.", error_not_a_picture: "사진으로 볼 수 없는 파일이에요. 다른 사진을 선택해 주세요.",
    error_invalid: "입력한 내용을 확인해 주세요.", error_self: "내 아이디예요.",
    error_left: "나간 채팅방이라 보내지 못했어요.",
    error_blocked: "상대가 메시지를 받지 않아 보내지 못했어요.", error_gone: "파일이 삭제되어 보내지 못했어요.",
    error_other: "문제가 생겼어요. 다시 시도해 주세요.",
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

/**
 * The text of an error: `message` is the sentence of the server or of client/refusal.js. The page has its own words
 * where there is no sentence (a mistake of this page, a situation that only this page knows), where the sentence is for
 * developers, and where it is in the other language (a server that answers in English over the socket, a language that
 * was switched since).
 */
export function sayError({ code, message, field }) {
  if (code && message && isInLanguage(message) && !IS_FOR_DEVELOPERS.test(message)) return sentenceOf(message);
  return say([`error_${code}_${field}`, `error_${code}`].find((key) => key in WORDS[language]) ?? "error_other");
}

/** The page's own words where the server cannot know what its refusal means to the user: `words`, by the server's code. */
export function withPageCode(error, words) {
  const code = words[error.code];
  return code ? { code } : error;
}

/** How the sentence of INVALID in refusals.py begins. A name that is refused has a sentence of its own. */
const IS_FOR_DEVELOPERS = /^(the request is not valid|요청 형식이 맞지 않아요)/;

function isInLanguage(text) {
  return /[가-힣]/.test(text) === (language === "ko");
}

/** The server's sentence, written as this page writes sentences. What follows a colon is a detail for developers. */
function sentenceOf(message) {
  const [sentence] = message.split(": ");
  return `${sentence[0].toUpperCase()}${sentence.slice(1)}.`;
}

const MB = 1_000_000;

export function sizeOf(bytes) {
  const [amount, unit] = bytes < MB ? [Math.max(bytes / 1000, 1), "kilobyte"] : [bytes / MB, "megabyte"];
  return formatter(Intl.NumberFormat, { style: "unit", unit, maximumFractionDigits: unit === "megabyte" ? 1 : 0 }).format(amount);
}

export function numberOf(number) {
  return formatter(Intl.NumberFormat, {}).format(number);
}

export function timeOf(text) {
  return formatter(Intl.DateTimeFormat, { hour: "numeric", minute: "2-digit" }).format(new Date(text));
}

export function dayOf(text, now = new Date()) {
  const day = new Date(text);
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (day.toDateString() === now.toDateString()) return say("today");
  if (day.toDateString() === yesterday.toDateString()) return say("yesterday");
  return formatter(Intl.DateTimeFormat, { dateStyle: "full" }).format(day);
}

const formatters = new Map();

/** Kept, because making one takes as long as formatting a hundred dates. */
export function formatter(Format, options) {
  const key = `${Format.name} ${language} ${JSON.stringify(options)}`;
  if (!formatters.has(key)) formatters.set(key, new Format(language, options));
  return formatters.get(key);
}
