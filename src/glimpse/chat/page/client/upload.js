// Files, straight into the bucket: the service says where to, the file goes there, the service looks at what arrived.
//
//     const files = new Files({ url: "https://chat.example.com", token: () => session.token });
//     const { fileId } = await files.uploadFile(file, { onProgress: ({ sent, total }) => bar.show(sent / total) });
//     chat.send(conversationId, { body: "", fileId });
import { ask } from "./ask.js";
import { put as putFile } from "./put.js";
import { locally, Refused } from "./refused.js";
import { delayAfter, world } from "./retry.js";
export { Refused };
const ATTEMPTS = 8;
/** An address that is about to end is not begun with. */
const MARGIN_MS = 5_000;
/** What a new address, or a new PUT, may cure. */
const CURED = new Set(["expired", "gone", "not_complete"]);
/** The files of one person. Every method rejects with Refused. */
export class Files {
    options;
    around;
    put;
    #url;
    #language;
    constructor(options, around = world, put = putFile) {
        this.options = options;
        this.around = around;
        this.put = put;
        this.#url = options.url.replace(/\/$/, "");
        this.#language = options.language ?? "en";
    }
    /**
     * The file is in the bucket, and a message or a profile may refer to it. Goes on through network faults and a
     * server that is unwell; asks for a new address where one ended.
     */
    async uploadFile(file, options = {}) {
        const body = file instanceof Blob ? file : await this.#read(file);
        if (!body.size)
            throw locally("empty", this.#language);
        const asked = {
            fileName: options.name ?? nameOf(file),
            contentType: file.type || body.type || typeOf(nameOf(file)),
            size: body.size,
            ...(options.sha256 && { sha256: options.sha256 }),
        };
        let announced = null;
        let endsAt = 0;
        let isPut = false;
        return this.#persistently(options.signal, async () => {
            if (!announced || (!isPut && this.around.now() > endsAt - MARGIN_MS)) {
                const asking = this.around.now();
                announced = await this.#request("POST", "/files/presigned-url", asked, options.signal);
                endsAt = asking + announced.expiresIn * 1000;
                isPut = false;
            }
            try {
                if (!isPut)
                    await this.#putTo(announced, body, options);
                isPut = true;
                return await this.#request("POST", `/files/${announced.fileId}/complete`, undefined, options.signal);
            }
            catch (failed) {
                if (!(failed instanceof Refused) || !CURED.has(failed.code))
                    throw failed;
                isPut = false;
                if (failed.code !== "not_complete")
                    announced = null;
                throw new Refused(failed.code, failed.message, true, failed.status);
            }
        });
    }
    /** Where a file can be had now. */
    fileAddress(fileId, signal) {
        const path = `/files/${encodeURIComponent(fileId)}`;
        return this.#persistently(signal, () => this.#request("GET", path, undefined, signal));
    }
    async #putTo({ uploadUrl, headers }, body, { onProgress, signal }) {
        onProgress?.({ sent: 0, total: body.size });
        const putting = { url: uploadUrl, headers, body, onProgress: onProgress ?? (() => undefined), signal };
        const answer = await this.put(putting).catch(() => null);
        if (!answer)
            throw locally("offline", this.#language, true);
        const { status, text } = answer;
        if (status >= 200 && status < 300)
            return;
        // AWS and SeaweedFS alike; other stores may say it otherwise.
        if (status === 403 && /expired/i.test(text))
            throw locally("expired", this.#language, false, status);
        if (status === 400 && /BadDigest|Checksum/i.test(text))
            throw locally("wrong_checksum", this.#language, false, status);
        throw locally("refused", this.#language, status === 0 || status === 429 || status >= 500 || isTimeout(text), status);
    }
    #request(method, path, body, signal) {
        const { token } = this.options;
        return ask(method, `${this.#url}${path}`, { language: this.#language, token, body, signal });
    }
    /** Again and again, as long as that may help. */
    async #persistently(signal, once) {
        for (let failures = 0;; failures += 1) {
            if (signal?.aborted)
                throw locally("cancelled", this.#language);
            try {
                return await once();
            }
            catch (failed) {
                if (signal?.aborted)
                    throw locally("cancelled", this.#language);
                if (!(failed instanceof Refused) || !failed.retry || failures + 1 >= ATTEMPTS)
                    throw failed;
                await this.around.pause(Math.max(failed.afterMs, delayAfter(failures, this.around.random)), signal);
            }
        }
    }
    async #read({ uri }) {
        try {
            return await (await fetch(uri)).blob();
        }
        catch {
            throw locally("unreadable", this.#language);
        }
    }
}
function nameOf(file) {
    const name = "name" in file && typeof file.name === "string" ? file.name : "";
    // The end of a long name says more than its beginning.
    return name.slice(-255) || "file";
}
/** What browsers and phones leave out for files that no program here is registered for. */
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
/** S3 hangs up on whoever is too slow with a 400. */
function isTimeout(text) {
    return /RequestTimeout/.test(text);
}
