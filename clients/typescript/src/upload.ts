// Uploads straight into the bucket: the service signs a URL, the file is put there, the service checks what arrived.
//
//     const files = new Files({ url: "https://chat.example.com", token: () => session.token });
//     const { fileId } = await files.uploadFile(file, { onProgress: ({ sent, total }) => bar.show(sent / total) });
//     chat.send(conversationId, { body: "", fileId });

import { requestJson } from "./http.js";
import { put as putFile, type Progress, type Put } from "./put.js";
import { localRefusal, Refusal, type Language } from "./refusal.js";
import { backoffMs, systemRuntime, type Runtime } from "./retry.js";

export { Refusal, type Language, type Progress };
/** The name of release 0.1.0. */
export { Refusal as Refused };

/** A file as React Native's pickers return it. */
export interface LocalFile {
  readonly uri: string;
  readonly name: string;
  readonly type: string;
}

export interface UploadOptions {
  /** Called as bytes leave; starts again at 0 where the network failed and the file is sent again. */
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
  /** SHA-256 of the content in hexadecimal; the bucket then refuses any other content. */
  readonly sha256?: string;
  /** The name that others see; by default the file's own. */
  readonly name?: string;
}

export interface UploadedFile {
  readonly fileId: string;
  /** Bytes. */
  readonly size: number;
  readonly contentType: string;
}

export interface FileAddress extends UploadedFile {
  readonly fileName: string;
  /** For `<img>`, a player or a download; valid for at least `expiresIn` seconds. */
  readonly url: string;
  readonly expiresIn: number;
}

export interface FilesOptions {
  /** The service's URL. Empty on a page that the service itself serves. */
  readonly url: string;
  readonly token: () => string | Promise<string>;
  /** The language of refusals; English by default. */
  readonly language?: Language;
}

interface PresignedPut {
  readonly fileId: string;
  readonly uploadUrl: string;
  readonly headers: Record<string, string>;
  readonly expiresIn: number;
}

const MAX_ATTEMPTS = 8;
/** No PUT starts when its URL expires sooner than this. */
const EXPIRY_MARGIN_MS = 5_000;
/** Refusals after which a new URL, or a new PUT to the same one, may succeed. */
const PUT_AGAIN = new Set(["expired", "gone", "not_complete"]);

/** The files of one user. Every method rejects with Refusal. */
export class Files {
  readonly #url: string;
  readonly #language: Language;

  constructor(
    private readonly options: FilesOptions,
    private readonly runtime: Runtime = systemRuntime,
    private readonly put: Put = putFile,
  ) {
    this.#url = options.url.replace(/\/$/, "");
    this.#language = options.language ?? "en";
  }

  /**
   * Uploads a file. Once this resolves, a message or a profile may refer to the file. Retries after network faults and
   * server errors; requests a new URL where the old one expired.
   */
  async uploadFile(file: Blob | LocalFile, options: UploadOptions = {}): Promise<UploadedFile> {
    const body = file instanceof Blob ? file : await this.#read(file);
    if (!body.size) throw localRefusal("empty", this.#language);
    const announcement = {
      fileName: options.name ?? nameOf(file),
      contentType: file.type || body.type || typeOf(nameOf(file)),
      size: body.size,
      ...(options.sha256 && { sha256: options.sha256 }),
    };
    let presigned: PresignedPut | null = null;
    let expiresAt = 0;
    let isPut = false;
    return this.#withRetries(options.signal, async () => {
      if (!presigned || (!isPut && this.runtime.now() > expiresAt - EXPIRY_MARGIN_MS)) {
        const requestedAt = this.runtime.now();
        presigned = await this.#request<PresignedPut>("POST", "/files/presigned-url", announcement, options.signal);
        expiresAt = requestedAt + presigned.expiresIn * 1000;
        isPut = false;
      }
      try {
        if (!isPut) await this.#put(presigned, body, options);
        isPut = true;
        return await this.#request<UploadedFile>("POST", `/files/${presigned.fileId}/complete`, undefined, options.signal);
      } catch (error) {
        if (!(error instanceof Refusal) || !PUT_AGAIN.has(error.code)) throw error;
        isPut = false;
        if (error.code !== "not_complete") presigned = null;
        throw new Refusal(error.code, error.message, true, error.status);
      }
    });
  }

  /** A URL at which the file can be read now. */
  fileAddress(fileId: string, signal?: AbortSignal): Promise<FileAddress> {
    const path = `/files/${encodeURIComponent(fileId)}`;
    return this.#withRetries(signal, () => this.#request<FileAddress>("GET", path, undefined, signal));
  }

  async #put({ uploadUrl, headers }: PresignedPut, body: Blob, { onProgress, signal }: UploadOptions): Promise<void> {
    onProgress?.({ sent: 0, total: body.size });
    const request = { url: uploadUrl, headers, body, onProgress: onProgress ?? (() => undefined), signal };
    const response = await this.put(request).catch(() => null);
    if (!response) throw localRefusal("offline", this.#language, { retry: true });
    const { status, text } = response;
    if (status >= 200 && status < 300) return;
    // The texts of AWS and SeaweedFS; other stores may use other words.
    if (status === 403 && /expired/i.test(text)) throw localRefusal("expired", this.#language, { status });
    if (status === 400 && /BadDigest|Checksum/i.test(text)) throw localRefusal("wrong_checksum", this.#language, { status });
    const retry = status === 0 || status === 429 || status >= 500 || isTimeout(text);
    throw localRefusal("refused", this.#language, { retry, status });
  }

  #request<T>(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<T> {
    const { token } = this.options;
    return requestJson<T>(method, `${this.#url}${path}`, { language: this.#language, token, body, signal });
  }

  /** Repeats a request with backoff while its refusal says that a retry may succeed, at most MAX_ATTEMPTS times. */
  async #withRetries<T>(signal: AbortSignal | undefined, attempt: () => Promise<T>): Promise<T> {
    for (let failures = 0; ; failures += 1) {
      if (signal?.aborted) throw localRefusal("cancelled", this.#language);
      try {
        return await attempt();
      } catch (error) {
        if (signal?.aborted) throw localRefusal("cancelled", this.#language);
        if (!(error instanceof Refusal) || !error.retry || failures + 1 >= MAX_ATTEMPTS) throw error;
        await this.runtime.pause(Math.max(error.afterMs, backoffMs(failures, this.runtime.random)), signal);
      }
    }
  }

  async #read({ uri }: LocalFile): Promise<Blob> {
    try {
      return await (await fetch(uri)).blob();
    } catch {
      throw localRefusal("unreadable", this.#language);
    }
  }
}

function nameOf(file: Blob | LocalFile): string {
  const name = "name" in file && typeof file.name === "string" ? file.name : "";
  // The end of a long name has its extension.
  return name.slice(-255) || "file";
}

/** Types that browsers and phones leave empty where no program is registered for them. */
const TYPES: Readonly<Record<string, string>> = {
  csv: "text/csv",
  heic: "image/heic",
  hwp: "application/x-hwp",
  hwpx: "application/hwp+zip",
  m4a: "audio/mp4",
  txt: "text/plain",
};

function typeOf(name: string): string {
  return TYPES[name.slice(name.lastIndexOf(".") + 1).toLowerCase()] ?? "application/octet-stream";
}

/** S3 answers a client that is too slow with a 400. */
function isTimeout(text: string): boolean {
  return /RequestTimeout/.test(text);
}
