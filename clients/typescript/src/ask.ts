// One question to the service over HTTP, and its answer.

import { locally, refusal, Refused, type Language } from "./refused.js";

const ANSWER_MS = 15_000;

export interface Asking {
  readonly language: Language;
  readonly token?: () => string | Promise<string>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** Rejects with Refused: the service's own, or `offline` where no answer came in time. */
export async function ask<T>(method: string, url: string, { language, token, body, signal }: Asking): Promise<T> {
  const late = new AbortController();
  const cancel = (): void => late.abort();
  const timer = setTimeout(cancel, ANSWER_MS);
  signal?.addEventListener("abort", cancel);
  try {
    const answer = await fetch(url, {
      method,
      headers: {
        accept: "application/json",
        "accept-language": language,
        ...(token && { authorization: `Bearer ${await token()}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: late.signal,
    });
    const text = await answer.text();
    if (!answer.ok) throw refusal(answer.status, text, language, answer.headers.get("retry-after"));
    return JSON.parse(text) as T;
  } catch (failed) {
    throw failed instanceof Refused ? failed : locally("offline", language, true);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", cancel);
  }
}
