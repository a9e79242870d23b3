// One JSON request to the service over HTTP.
import { localRefusal, Refusal, refusalOf } from "./refusal.js";
const TIMEOUT_MS = 15_000;
/** Rejects with Refusal: the service's, or `offline` where no response came in time. */
export async function requestJson(method, url, options) {
    const { language, token, body, signal } = options;
    const aborting = new AbortController();
    const abort = () => aborting.abort();
    const timer = setTimeout(abort, TIMEOUT_MS);
    signal?.addEventListener("abort", abort);
    try {
        const response = await fetch(url, {
            method,
            headers: {
                accept: "application/json",
                "accept-language": language,
                ...(token && { authorization: `Bearer ${await token()}` }),
                ...(body !== undefined && { "content-type": "application/json" }),
            },
            ...(body !== undefined && { body: JSON.stringify(body) }),
            signal: aborting.signal,
        });
        const text = await response.text();
        if (!response.ok)
            throw refusalOf(response.status, text, language, response.headers.get("retry-after"));
        return JSON.parse(text);
    }
    catch (error) {
        throw error instanceof Refusal ? error : localRefusal("offline", language, { retry: true });
    }
    finally {
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
    }
}
