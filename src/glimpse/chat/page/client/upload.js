// Uploads straight into the bucket: the service signs a URL, the file is put there, the service checks what arrived.
//
//     const files = new Files({ url: "https://chat.example.com", token: () => session.token });
//     const { fileId } = await files.uploadFile(file, { onProgress: ({ sent, total }) => bar.show(sent / total) });
//     chat.send(conversationId, { body: "", fileId });
import { requestJson } from "./http.js";
import { blobWithoutMetadata } from "./picture_metadata.js";
import { put as putFile } from "./put.js";
import { localRefusal, Refusal } from "./refusal.js";
import { backoffMs, systemRuntime } from "./retry.js";
export { Refusal };
/** The name of release 0.1.0. */
export { Refusal as Refused };
const MAX_ATTEMPTS = 8;
/** What the service answers in one request for many addresses. */
const MAX_IDS = 100;
/** No PUT starts when its URL expires sooner than this. */
const EXPIRY_MARGIN_MS = 5_000;
/** Refusals after which a new URL, or a new PUT to the same one, may succeed. */
const PUT_AGAIN = new Set(["expired", "gone", "not_complete"]);
/** The files of one user. Every method rejects with Refusal. */
export class Files {
    options;
    runtime;
    put;
    #url;
    #language;
    constructor(options, runtime = systemRuntime, put = putFile) {
        this.options = options;
        this.runtime = runtime;
        this.put = put;
        this.#url = options.url.replace(/\/$/, "");
        this.#language = options.language ?? "en";
    }
    /**
     * Uploads a file. Once this resolves, a message or a profile may refer to the file. Retries after network faults and
     * server errors; requests a new URL where the old one expired. Of a picture, what the camera wrote into it is not
     * sent: see `withoutMetadata`.
     */
    async uploadFile(file, options = {}) {
        const content = file instanceof Blob ? file : await this.#read(file);
        if (!content.size)
            throw localRefusal("empty", this.#language);
        const contentType = file.type || content.type || typeOf(nameOf(file));
        // The type may be missing or wrong: the content decides whether it is a picture.
        const body = options.sha256 ? content : await this.#withoutMetadata(content);
        const announcement = {
            fileName: options.name ?? nameOf(file),
            contentType,
            size: body.size,
            ...(options.sha256 && { sha256: options.sha256 }),
        };
        let presigned = null;
        let expiresAt = 0;
        let isPut = false;
        return this.#withRetries(options.signal, async () => {
            if (!presigned || (!isPut && this.runtime.now() > expiresAt - EXPIRY_MARGIN_MS)) {
                const requestedAt = this.runtime.now();
                presigned = await this.#request("POST", "/files/presigned-url", announcement, options.signal);
                expiresAt = requestedAt + presigned.expiresIn * 1000;
                isPut = false;
            }
            try {
                if (!isPut)
                    await this.#put(presigned, body, options);
                isPut = true;
                return await this.#request("POST", `/files/${presigned.fileId}/complete`, undefined, options.signal);
            }
            catch (error) {
                if (!(error instanceof Refusal) || !PUT_AGAIN.has(error.code))
                    throw error;
                isPut = false;
                if (error.code !== "not_complete")
                    presigned = null;
                throw new Refusal(error.code, error.message, true, error.status);
            }
        });
    }
    /** A URL at which the file can be read now. */
    fileAddress(fileId, signal) {
        const path = `/files/${encodeURIComponent(fileId)}`;
        return this.#withRetries(signal, () => this.#request("GET", path, undefined, signal));
    }
    /**
     * The same for many files, by their ids. Those that the user may not see, and those that are gone, are left out. The
     * service must be of the release that this method came with, or later.
     */
    async fileAddresses(fileIds, signal) {
        const addresses = new Map();
        const ids = [...new Set(fileIds)].map(encodeURIComponent);
        for (let at = 0; at < ids.length; at += MAX_IDS) {
            const path = `/files?ids=${ids.slice(at, at + MAX_IDS).join(",")}`;
            const { files } = await this.#withRetries(signal, () => this.#request("GET", path, undefined, signal));
            for (const file of files)
                addresses.set(file.fileId, file);
        }
        return addresses;
    }
    async #put({ uploadUrl, headers }, body, { onProgress, signal }) {
        onProgress?.({ sent: 0, total: body.size });
        const request = { url: uploadUrl, headers, body, onProgress: onProgress ?? (() => undefined), signal };
        const response = await this.put(request).catch(() => null);
        if (!response)
            throw localRefusal("offline", this.#language, { retry: true });
        const { status, text } = response;
        if (status >= 200 && status < 300)
            return;
        // The texts of AWS and SeaweedFS; other stores may use other words.
        if (status === 403 && /expired/i.test(text))
            throw localRefusal("expired", this.#language, { status });
        if (status === 400 && /BadDigest|Checksum/i.test(text))
            throw localRefusal("wrong_checksum", this.#language, { status });
        const retry = status === 0 || status === 429 || status >= 500 || isTimeout(text);
        throw localRefusal("refused", this.#language, { retry, status });
    }
    #request(method, path, body, signal) {
        const { token } = this.options;
        return requestJson(method, `${this.#url}${path}`, { language: this.#language, token, body, signal });
    }
    /** Repeats a request with backoff while its refusal says that a retry may succeed, at most MAX_ATTEMPTS times. */
    async #withRetries(signal, attempt) {
        for (let failures = 0;; failures += 1) {
            if (signal?.aborted)
                throw localRefusal("cancelled", this.#language);
            try {
                return await attempt();
            }
            catch (error) {
                if (signal?.aborted)
                    throw localRefusal("cancelled", this.#language);
                if (!(error instanceof Refusal) || !error.retry || failures + 1 >= MAX_ATTEMPTS)
                    throw error;
                await this.runtime.pause(Math.max(error.afterMs, backoffMs(failures, this.runtime.random)), signal);
            }
        }
    }
    async #withoutMetadata(content) {
        // React Native's Blobs cannot be read.
        if (typeof content.arrayBuffer !== "function")
            return content;
        try {
            return await blobWithoutMetadata(content);
        }
        catch {
            throw localRefusal("unreadable", this.#language);
        }
    }
    async #read({ uri }) {
        try {
            return await (await fetch(uri)).blob();
        }
        catch {
            throw localRefusal("unreadable", this.#language);
        }
    }
}
function nameOf(file) {
    const name = "name" in file && typeof file.name === "string" ? file.name : "";
    // The end of a long name has its extension.
    return name.slice(-255) || "file";
}
/** Types that browsers and phones leave empty where no program is registered for them. */
const TYPES = {
    csv: "text/csv",
    heic: "image/heic",
    hwp: "application/x-hwp",
    hwpx: "application/hwp+zip",
    m4a: "audio/mp4",
    txt: "text/plain",
};
function typeOf(name) {
    return TYPES[name.slice(name.lastIndexOf(".") + 1).toLowerCase()] ?? "application/octet-stream";
}
/** S3 answers a client that is too slow with a 400. */
function isTimeout(text) {
    return /RequestTimeout/.test(text);
}
