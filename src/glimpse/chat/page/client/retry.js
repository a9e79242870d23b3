// Exponential backoff with jitter, and the clock that it waits by.
const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 10_000;
export const systemRuntime = {
    now: () => Date.now(),
    random: () => Math.random(),
    pause: (ms, signal) => new Promise((resolve) => {
        if (signal?.aborted)
            return resolve();
        const done = () => {
            clearTimeout(timer);
            signal?.removeEventListener("abort", done);
            resolve();
        };
        const timer = setTimeout(done, ms);
        signal?.addEventListener("abort", done);
    }),
};
/** Milliseconds. Half is random, so that clients do not all reconnect at the same moment after a restart. */
export function backoffMs(failures, random) {
    const delay = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures, 10));
    return delay * (0.5 + random() / 2);
}
