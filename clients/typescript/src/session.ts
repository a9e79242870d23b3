// Whose client this is: a token that is renewed while it is still valid.

import { locally, refusal, type Language } from "./refused.js";
import { world } from "./retry.js";

export interface User {
  readonly id: string;
  readonly handle: string | null;
  readonly displayName: string | null;
  readonly profileImageId: string | null;
}

export interface LoggedIn {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly user: User;
}

const RENEW_AFTER = 0.7;
const PATIENCE_MS = 5_000;

/**
 * For apps whose tokens the service itself gives out. Others hand `Chat` and `Files` their own `token()`.
 *
 *     const session = await Session.enter(url, "login", { handle, password });
 *     const chat = new Chat({ url, token: session.token });
 */
export class Session {
  #renewAt = 0;
  #renewing: Promise<void> | null = null;

  constructor(
    private readonly url: string,
    private loggedIn: LoggedIn,
    private readonly language: Language = "en",
    private readonly now: () => number = Date.now,
  ) {
    this.#keep(loggedIn);
  }

  static async enter(
    url: string,
    how: "signup" | "login",
    who: { handle: string; password: string },
    language: Language = "en",
  ): Promise<Session> {
    return new Session(url, await asked(`${url}/auth/${how}`, language, who), language);
  }

  get user(): User {
    return this.loggedIn.user;
  }

  /** Valid, and renewed in time; where renewing fails the old one serves as long as it can. */
  readonly token = async (): Promise<string> => {
    if (this.now() >= this.#renewAt) {
      this.#renewing ??= this.#renew().finally(() => (this.#renewing = null));
      // Nobody waits long for it while the one that is there is still valid.
      await Promise.race([this.#renewing, world.pause(PATIENCE_MS)]);
    }
    return this.loggedIn.accessToken;
  };

  async #renew(): Promise<void> {
    try {
      this.#keep(await asked(`${this.url}/auth/refresh`, this.language, null, this.loggedIn.accessToken));
    } catch {
      // The next who asks tries again.
    }
  }

  #keep(loggedIn: LoggedIn): void {
    this.loggedIn = loggedIn;
    this.#renewAt = this.now() + loggedIn.expiresIn * 1000 * RENEW_AFTER;
  }
}

async function asked(url: string, language: Language, body: unknown, token = ""): Promise<LoggedIn> {
  const answer = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "accept-language": language,
      ...(token && { authorization: `Bearer ${token}` }),
    },
    ...(body !== null && { body: JSON.stringify(body) }),
  }).catch(() => null);
  if (!answer) throw locally("offline", language, true);
  const text = await answer.text();
  if (!answer.ok) throw refusal(answer.status, text, language);
  return JSON.parse(text) as LoggedIn;
}
