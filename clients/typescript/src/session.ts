// The signed-in user: an access token that is renewed before it expires.

import { requestJson } from "./http.js";
import type { Language } from "./refusal.js";
import { systemRuntime } from "./retry.js";

export interface User {
  readonly id: string;
  readonly handle: string | null;
  readonly displayName: string | null;
  readonly profileImageId: string | null;
  /** The account was deleted; its messages stay. */
  readonly deleted?: true;
}

/** The response of sign-up, log-in and refresh. */
export interface LoginResponse {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly user: User;
}

/** The share of a token's lifetime after which it is renewed. */
const RENEW_AFTER = 0.7;
const MAX_RENEWAL_WAIT_MS = 5_000;

/**
 * For apps that use the service's own accounts. Other apps pass their own `token()` to `Chat` and `Files`.
 *
 *     const session = await Session.enter(url, "login", { handle, password });
 *     const chat = new Chat({ url, token: session.token });
 */
export class Session {
  #renewAt = 0;
  #renewal: Promise<void> | null = null;
  #passwordChange: Promise<void> | null = null;

  constructor(
    private readonly url: string,
    private login: LoginResponse,
    private readonly language: Language = "en",
    private readonly now: () => number = Date.now,
  ) {
    this.#keep(login);
  }

  /** Signs up or logs in. Rejects with Refusal. */
  static async enter(
    url: string,
    how: "signup" | "login",
    credentials: { handle: string; password: string },
    language: Language = "en",
  ): Promise<Session> {
    const options = { language, body: credentials };
    return new Session(url, await requestJson<LoginResponse>("POST", `${url}/auth/${how}`, options), language);
  }

  get user(): User {
    return this.login.user;
  }

  /** A valid token. Where a renewal fails, the old token is returned until it expires. */
  readonly token = async (): Promise<string> => {
    // The old token may be refused already. Where the change was refused, the old token stays.
    await this.#passwordChange?.catch(() => undefined);
    if (this.now() >= this.#renewAt) {
      this.#renewal ??= this.#renew().finally(() => (this.#renewal = null));
      // The old token is still valid, so a slow renewal delays nobody for long.
      await Promise.race([this.#renewal, systemRuntime.pause(MAX_RENEWAL_WAIT_MS)]);
    }
    return this.login.accessToken;
  };

  /** Every other session of the user ends. Rejects with Refusal: `forbidden` where `password` is wrong. */
  async changePassword(password: string, newPassword: string): Promise<void> {
    const changing = this.#request<LoginResponse>("POST", "/auth/password", { password, newPassword });
    this.#passwordChange = changing.then((login) => this.#keep(login));
    await this.#passwordChange.finally(() => (this.#passwordChange = null));
  }

  /** Every session of the user ends, this one too. Rejects with Refusal. */
  async logOutEverywhere(): Promise<void> {
    await this.#request("POST", "/auth/logout-everywhere");
  }

  /** The account and its files go, its messages stay. Rejects with Refusal: `forbidden` where `password` is wrong. */
  async deleteAccount(password: string): Promise<void> {
    await this.#request("DELETE", "/me", { password });
  }

  #request<T>(method: string, path: string, body?: object): Promise<T> {
    const options = { language: this.language, token: () => this.login.accessToken, ...(body && { body }) };
    return requestJson<T>(method, this.url + path, options);
  }

  async #renew(): Promise<void> {
    try {
      this.#keep(await this.#request<LoginResponse>("POST", "/auth/refresh"));
    } catch {
      // The next call of `token` tries again.
    }
  }

  #keep(login: LoginResponse): void {
    this.login = login;
    this.#renewAt = this.now() + login.expiresIn * 1000 * RENEW_AFTER;
  }
}
