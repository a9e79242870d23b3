// Trying again: a little later each time, each client another moment, and not for ever.

const FIRST_MS = 500;
const LONGEST_MS = 10_000;

/** Time and chance; handed in, so that a test waits for nobody. */
export interface Surroundings {
  now(): number;
  random(): number;
  /** Resolves after so many milliseconds, or at once when the signal says so. */
  pause(ms: number, signal?: AbortSignal): Promise<void>;
}

export const world: Surroundings = {
  now: () => Date.now(),
  random: () => Math.random(),
  pause: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener("abort", done);
    }),
};

/** Half of it is fixed and half is chance: after a restart they must not all come back in the same moment. */
export function delayAfter(failures: number, random: () => number): number {
  const delay = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 10));
  return delay * (0.5 + random() / 2);
}
