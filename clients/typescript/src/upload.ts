// Files, straight into the bucket: the service says where to, the file goes there, the service looks at what arrived.
//
//     const files = new Files({ url: "https://chat.example.com", token: () => session.token });
//     const { fileId } = await files.uploadFile(file, { onProgress: ({ sent, total }) => bar.show(sent / total) });
//     chat.send(conversationId, { body: "", fileId });

import { ask } from "./ask.js";
import { put as putFile, type Progress, type Put } from "./put.js";
import { locally, Refused, type Language } from "./refused.js";
import { delayAfter, world, type Surroundings } from "./retry.js";

export { Refused, type Language, type Progress };

/** How a phone names a file: React Native's pickers give a `uri`, its name and its type. */
export interface LocalFile {
  readonly uri: string;
  readonly name: string;
  readonly type: string;
}

export interface UploadOptions {
  /** Called as bytes leave; goes back to 0 where the network failed and it is sent again. */
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
  /** SHA-256 of the content, in hexadecimal: the bucket then takes nothing else. */
  readonly sha256?: string;
  /** What others see of it; by itself the name of the file. */
  readonly name?: string;
}

export interface UploadedFile {
  readonly fileId: string;
  readonly size: number;
  readonly contentType: string;
}

export interface FileAddress extends UploadedFile {
  readonly fileName: string;
  /** For `<img>`, a player or a download; good for `expiresIn` seconds at least. */
  readonly url: string;
  readonly expiresIn: number;
}

export interface FilesOptions {
  /** Of the service. Empty: the one that the page came from. */
  readonly url: string;
  readonly token: () => string | Promise<string>;
  /** In which refusals are told. */
  readonly language?: Language;
}

interface Announced {
  readonly fileId: string;
  readonly uploadUrl: string;
  readonly headers: Record<string, string>;
  readonly expiresIn: number;
}

const ATTEMPTS = 8;
/** An address that is about to end is not begun with. */
const MARGIN_MS = 5_000;
/** What a new address, or a new PUT, may cure. */
const CURED = new Set(["expired", "gone", "not_complete"]);

/** The files of one person. Every method rejects with Refused. */
export class Files {
  readonly #url: string;
  readonly #language: Language;

  constructor(
    private readonly options: FilesOptions,
    private readonly around: Surroundings = world,
    private readonly put: Put = putFile,
  ) {
    this.#url = options.url.replace(/\/$/, "");
    this.#language = options.language ?? "en";
  }

  /**
   * The file is in the bucket, and a message or a profile may refer to it. Goes on through network faults and a
   * server that is unwell; asks for a new address where one ended.
   */
  async uploadFile(file: Blob | LocalFile, options: UploadOptions = {}): Promise<UploadedFile> {
    const body = file instanceof Blob ? file : await this.#read(file);
    if (!body.size) throw locally("empty", this.#language);
    const asked = {
      fileName: options.name ?? nameOf(file),
      contentType: file.type || body.type || typeOf(nameOf(file)),
      size: body.size,
      ...(options.sha256 && { sha256: options.sha256 }),
    };
    let announced: Announced | null = null;
    let endsAt = 0;
    let isPut = false;
    return this.#persistently(options.signal, async () => {
      if (!announced || (!isPut && this.around.now() > endsAt - MARGIN_MS)) {
        const asking = this.around.now();
        announced = await this.#request<Announced>("POST", "/files/presigned-url", asked, options.signal);
        endsAt = asking + announced.expiresIn * 1000;
        isPut = false;
      }
      try {
        if (!isPut) await this.#putTo(announced, body, options);
        isPut = true;
        return await this.#request<UploadedFile>("POST", `/files/${announced.fileId}/complete`, undefined, options.signal);
      } catch (failed) {
        if (!(failed instanceof Refused) || !CURED.has(failed.code)) throw failed;
        isPut = false;
        if (failed.code !== "not_complete") announced = null;
        throw new Refused(failed.code, failed.message, true, failed.status);
      }
    });
  }

  /** Where a file can be had now. */
  fileAddress(fileId: string, signal?: AbortSignal): Promise<FileAddress> {
    const path = `/files/${encodeURIComponent(fileId)}`;
    return this.#persistently(signal, () => this.#request<FileAddress>("GET", path, undefined, signal));
  }

  async #putTo({ uploadUrl, headers }: Announced, body: Blob, { onProgress, signal }: UploadOptions): Promise<void> {
    onProgress?.({ sent: 0, total: body.size });
    const putting = { url: uploadUrl, headers, body, onProgress: onProgress ?? (() => undefined), signal };
    const answer = await this.put(putting).catch(() => null);
    if (!answer) throw locally("offline", this.#language, true);
    const { status, text } = answer;
    if (status >= 200 && status < 300) return;
    // AWS and SeaweedFS alike; other stores may say it otherwise.
    if (status === 403 && /expired/i.test(text)) throw locally("expired", this.#language, false, status);
    if (status === 400 && /BadDigest|Checksum/i.test(text)) throw locally("wrong_checksum", this.#language, false, status);
    throw locally("refused", this.#language, status === 0 || status === 429 || status >= 500 || isTimeout(text), status);
  }

  #request<T>(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<T> {
    const { token } = this.options;
    return ask<T>(method, `${this.#url}${path}`, { language: this.#language, token, body, signal });
  }

  /** Again and again, as long as that may help. */
  async #persistently<T>(signal: AbortSignal | undefined, once: () => Promise<T>): Promise<T> {
    for (let failures = 0; ; failures += 1) {
      if (signal?.aborted) throw locally("cancelled", this.#language);
      try {
        return await once();
      } catch (failed) {
        if (signal?.aborted) throw locally("cancelled", this.#language);
        if (!(failed instanceof Refused) || !failed.retry || failures + 1 >= ATTEMPTS) throw failed;
        await this.around.pause(Math.max(failed.afterMs, delayAfter(failures, this.around.random)), signal);
      }
    }
  }

  async #read({ uri }: LocalFile): Promise<Blob> {
    try {
      return await (await fetch(uri)).blob();
    } catch {
      throw locally("unreadable", this.#language);
    }
  }
}

function nameOf(file: Blob | LocalFile): string {
  const name = "name" in file && typeof file.name === "string" ? file.name : "";
  // The end of a long name says more than its beginning.
  return name.slice(-255) || "file";
}

/** What browsers and phones leave out for files that no program here is registered for. */
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

/** S3 hangs up on whoever is too slow with a 400. */
function isTimeout(text: string): boolean {
  return /RequestTimeout/.test(text);
}
