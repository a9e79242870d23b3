// Why the service, or the way to it, did not do what was asked.

export type Language = "en" | "ko";

/** What the service cannot say, because the request never reached it or its answer never came back. */
const LOCAL_SENTENCES = {
  offline: ["the server cannot be reached; try again", "서버에 연결할 수 없어요. 다시 시도해 주세요"],
  cancelled: ["it was cancelled", "취소했어요"],
  expired: ["the time for this upload is over; try again", "업로드 시간이 지났어요. 다시 시도해 주세요"],
  refused: ["the object store did not take the file", "파일 저장소가 파일을 받지 않았어요"],
  wrong_checksum: ["the file changed while it was sent", "보내는 동안 파일이 바뀌었어요"],
  empty: ["the file is empty", "빈 파일이에요"],
  unreadable: ["the file cannot be read", "파일을 읽을 수 없어요"],
} as const;

/**
 * The error that every method of this package rejects with. `code` is the service's, or a local one from above.
 * `message` is a sentence in the language that was asked for. `retry`: the same request may be sent again unchanged.
 */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    readonly code: string,
    message: string,
    readonly retry = false,
    /** The HTTP status; 0 where there was no HTTP response. */
    readonly status = 0,
    /** Milliseconds that the service asked to wait, from Retry-After. */
    readonly afterMs = 0,
    /** The field of the request that was refused, where the service names it: `handle`, `password`, `newPassword`, `displayName`. */
    readonly field = "",
  ) {
    super(message);
  }
}

export function localRefusal(
  code: keyof typeof LOCAL_SENTENCES,
  language: Language,
  { retry = false, status = 0 }: { retry?: boolean; status?: number } = {},
): Refusal {
  return new Refusal(code, LOCAL_SENTENCES[code][language === "ko" ? 1 : 0], retry, status);
}

/** The refusal in an HTTP error response; `offline` where a proxy answered instead of the service. */
export function refusalOf(status: number, text: string, language: Language, retryAfter: string | null = null): Refusal {
  const afterMs = Math.max(0, Number(retryAfter ?? 0) * 1000) || 0;
  try {
    const { code, message, retry, field } = JSON.parse(text).error;
    return new Refusal(String(code), String(message), retry === true, status, afterMs, field ?? "");
  } catch {
    const { code, message } = localRefusal("offline", language);
    return new Refusal(code, message, status === 0 || status === 429 || status >= 500, status, afterMs);
  }
}
