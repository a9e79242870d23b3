// Whose client this is: a token that is renewed while it is still valid.

import { ask } from "./ask.js";
import type { Language } from "./refused.js";
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
    return new Session(url, await ask<LoggedIn>("POST", `${url}/auth/${how}`, { language, body: who }), language);
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
      const token = (): string => this.loggedIn.accessToken;
      this.#keep(await ask<LoggedIn>("POST", `${this.url}/auth/refresh`, { language: this.language, token }));
    } catch {
      // The next who asks tries again.
    }
  }

  #keep(loggedIn: LoggedIn): void {
    this.loggedIn = loggedIn;
    this.#renewAt = this.now() + loggedIn.expiresIn * 1000 * RENEW_AFTER;
  }
}
