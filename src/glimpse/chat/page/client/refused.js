// Why something was not done: by the server, which says so itself, or on the way to it, which nobody else could say.
/** What the server cannot say, because it was not asked or never answered. */
const SENTENCES = {
    offline: ["the server cannot be reached; try again", "서버에 연결할 수 없어요. 다시 시도해 주세요"],
    cancelled: ["the upload was cancelled", "업로드를 취소했어요"],
    expired: ["the time for this upload is over; try again", "업로드 시간이 지났어요. 다시 시도해 주세요"],
    refused: ["the object store did not take the file", "파일 저장소가 파일을 받지 않았어요"],
    wrong_checksum: ["the file changed while it was sent", "보내는 동안 파일이 바뀌었어요"],
    empty: ["the file is empty", "빈 파일이에요"],
    unreadable: ["the file cannot be read", "파일을 읽을 수 없어요"],
};
/** `code` is the server's, or one of those above; `retry`: the same may be asked again, as it is. */
export class Refused extends Error {
    code;
    retry;
    status;
    afterMs;
    name = "Refused";
    constructor(code, message, retry = false, 
    /** Of HTTP; 0 where there was no answer. */
    status = 0, 
    /** Milliseconds that the server asked to wait. */
    afterMs = 0) {
        super(message);
        this.code = code;
        this.retry = retry;
        this.status = status;
        this.afterMs = afterMs;
    }
}
export function locally(code, language, retry = false, status = 0) {
    return new Refused(code, SENTENCES[code][language === "ko" ? 1 : 0], retry, status);
}
/** What an answer of the server's refuses with; `offline` where it is none of ours. */
export function refusal(status, text, language, retryAfter = null) {
    const afterMs = Math.max(0, Number(retryAfter ?? 0) * 1000) || 0;
    try {
        const { code, message, retry } = JSON.parse(text).error;
        return new Refused(String(code), String(message), retry === true, status, afterMs);
    }
    catch {
        const { message } = locally("offline", language);
        return new Refused("offline", message, status === 0 || status === 429 || status >= 500, status, afterMs);
    }
}
