// Uploads, with a service and an object store that respond as the test says, and a clock that does not wait.

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Put, PutResponse } from "../src/put.js";
import type { Runtime } from "../src/retry.js";
import { withoutMetadata } from "../src/picture_metadata.js";
import { Files, Refusal, type LocalFile } from "../src/upload.js";
import { jpeg6 } from "./pictures.js";

const FILE = new File([new Uint8Array(1000)], "사진.png", { type: "image/png" });
const ANNOUNCED = { fileId: "f1", uploadUrl: "https://s3/x", method: "PUT", headers: { "content-type": "image/png" }, expiresIn: 300 };
const COMPLETE = { fileId: "f1", size: 1000, contentType: "image/png" };

type Reply = { status: number; body: unknown } | "lost";

const ok = (body: unknown): Reply => ({ status: 200, body });
const no = (status: number, code: string, retry = false): Reply => ({ status, body: { error: { code, message: `no: ${code}`, retry } } });

let asked: string[];
let replies: Record<string, Reply[]>;
let puts: (PutResponse | "lost")[];
let waited: number[];
let now: number;

const runtime: Runtime = {
  now: () => now,
  random: () => 0.5,
  pause: async (ms) => {
    waited.push(ms);
    now += ms;
  },
};
const put: Put = async ({ body, onProgress }) => {
  asked.push("PUT");
  onProgress({ sent: 500, total: body.size });
  const answer = puts.length > 1 ? puts.shift()! : puts[0]!;
  if (answer === "lost") throw new Error("cut");
  onProgress({ sent: body.size, total: body.size });
  return answer;
};

beforeEach(() => {
  [asked, waited, now] = [[], [], 0];
  puts = [{ status: 200, text: "" }];
  replies = { "/files/presigned-url": [ok(ANNOUNCED)], "/files/f1/complete": [ok(COMPLETE)] };
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const path = new URL(url).pathname;
    asked.push(path);
    expect(new Headers(init.headers).get("authorization")).toBe("Bearer token");
    const found = replies[path]!;
    const reply = found.length > 1 ? found.shift()! : found[0]!;
    if (reply === "lost") throw new TypeError("network");
    return new Response(JSON.stringify(reply.body), { status: reply.status });
  });
});
afterEach(() => vi.unstubAllGlobals());

const files = (): Files => new Files({ url: "https://chat.example.com/", token: () => "token" }, runtime, put);

async function refusalOf(upload: Promise<unknown>): Promise<Refusal> {
  const refusal = await upload.then(() => null, (error: unknown) => error);
  expect(refusal).toBeInstanceOf(Refusal);
  return refusal as Refusal;
}

describe("a file", () => {
  test("is announced, put and completed, and its progress is told", async () => {
    const told: number[] = [];
    expect(await files().uploadFile(FILE, { onProgress: ({ sent }) => told.push(sent) })).toEqual(COMPLETE);
    expect(asked).toEqual(["/files/presigned-url", "PUT", "/files/f1/complete"]);
    expect(told).toEqual([0, 500, 1000]);
  });

  test("is put again to the same address when the network fails", async () => {
    puts = ["lost", { status: 503, text: "SlowDown" }, { status: 200, text: "" }];
    await files().uploadFile(FILE);
    expect(asked).toEqual(["/files/presigned-url", "PUT", "PUT", "PUT", "/files/f1/complete"]);
    expect(waited).toEqual([375, 750]);
  });

  test("is not put again when its address ended while it was completed", async () => {
    const slow: Put = async (request) => {
      now += 400_000;
      return put(request);
    };
    replies["/files/f1/complete"] = ["lost", no(503, "files_down", true), ok(COMPLETE)];
    await new Files({ url: "https://chat.example.com/", token: () => "token" }, runtime, slow).uploadFile(FILE);
    expect(asked.filter((each) => each !== "/files/f1/complete")).toEqual(["/files/presigned-url", "PUT"]);
  });

  test("that is empty is not announced", async () => {
    expect((await refusalOf(files().uploadFile(new File([], "x.png", { type: "image/png" })))).code).toBe("empty");
    expect(asked).toEqual([]);
  });

  test("is not put again when only the answer to `complete` was lost", async () => {
    replies["/files/f1/complete"] = ["lost", no(503, "files_down", true), ok(COMPLETE)];
    await files().uploadFile(FILE);
    expect(asked.filter((each) => each === "PUT")).toHaveLength(1);
  });

  test("gets a new address when its own has ended", async () => {
    puts = [{ status: 403, text: "<Error><Message>Request has expired</Message></Error>" }, { status: 200, text: "" }];
    await files().uploadFile(FILE);
    expect(asked).toEqual(["/files/presigned-url", "PUT", "/files/presigned-url", "PUT", "/files/f1/complete"]);
  });

  test("gets a new address when its own ended while the network was away", async () => {
    puts = ["lost", { status: 200, text: "" }];
    replies["/files/presigned-url"] = [ok({ ...ANNOUNCED, expiresIn: 5 }), ok(ANNOUNCED)];
    await files().uploadFile(FILE);
    expect(asked).toEqual(["/files/presigned-url", "PUT", "/files/presigned-url", "PUT", "/files/f1/complete"]);
  });

  test("is put again when the service finds nothing there, and anew when it is gone", async () => {
    replies["/files/f1/complete"] = [no(409, "not_complete", true), no(410, "gone"), ok(COMPLETE)];
    await files().uploadFile(FILE);
    expect(asked.filter((each) => each !== "/files/f1/complete")).toEqual(["/files/presigned-url", "PUT", "PUT", "/files/presigned-url", "PUT"]);
  });

  test.each(["file_type", "too_large", "quota", "unauthorized"])("that is refused as %s is not sent again", async (code) => {
    replies["/files/presigned-url"] = [no(403, code)];
    expect(await refusalOf(files().uploadFile(FILE))).toMatchObject({ code, message: `no: ${code}`, retry: false });
    expect(asked).toHaveLength(1);
  });

  test.each([
    [{ status: 403, text: "<Code>SignatureDoesNotMatch</Code>" }, "refused"],
    [{ status: 400, text: "<Code>BadDigest</Code>" }, "wrong_checksum"],
  ])("that the bucket refuses is not sent again", async (answer, code) => {
    puts = [answer];
    expect((await refusalOf(files().uploadFile(FILE))).code).toBe(code);
    expect(asked).toEqual(["/files/presigned-url", "PUT"]);
  });

  test("is given up after eight attempts, in the language that was asked for", async () => {
    puts = ["lost"];
    const korean = new Files({ url: "https://chat.example.com", token: () => "token", language: "ko" }, runtime, put);
    const refusal = await refusalOf(korean.uploadFile(FILE));
    expect(refusal).toMatchObject({ code: "offline", retry: true });
    expect(refusal.message).toBe("서버에 연결할 수 없어요. 다시 시도해 주세요");
    expect(asked.filter((each) => each === "PUT")).toHaveLength(8);
  });

  test("is no longer sent once it is cancelled", async () => {
    const cancelling = new AbortController();
    puts = ["lost"];
    const upload = files().uploadFile(FILE, { signal: cancelling.signal, onProgress: () => cancelling.abort() });
    expect((await refusalOf(upload)).code).toBe("cancelled");
    expect(asked).toEqual(["/files/presigned-url", "PUT"]);
  });

  test("waits as long as the server asks", async () => {
    const stubbed = globalThis.fetch;
    let first = true;
    vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
      if (!first) return stubbed(url, init);
      first = false;
      return new Response(JSON.stringify({ error: { code: "rate_limited", message: "slow", retry: true } }), {
        status: 429,
        headers: { "retry-after": "7" },
      });
    });
    await files().uploadFile(FILE);
    expect(waited).toEqual([7000]);
  });

  test("that its browser has no type for is announced by its name", async () => {
    const types: unknown[] = [];
    const stubbed = globalThis.fetch;
    vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
      if (url.endsWith("presigned-url")) types.push(JSON.parse(String(init.body)).contentType);
      return stubbed(url, init);
    });
    for (const name of ["계약서.HWP", "x.unknown"]) await files().uploadFile(new File(["x"], name));
    expect(types).toEqual(["application/x-hwp", "application/octet-stream"]);
  });

  test("of a phone is read from its uri", async () => {
    const stubbed = globalThis.fetch;
    vi.stubGlobal("fetch", async (url: string, init: RequestInit) =>
      url === "file:///photo.jpg" ? new Response(new Uint8Array(7)) : stubbed(url, init));
    const bodies: number[] = [];
    const counting: Put = async (request) => {
      bodies.push(request.body.size);
      return { status: 200, text: "" };
    };
    const phone = new Files({ url: "https://chat.example.com", token: async () => "token" }, runtime, counting);
    await phone.uploadFile({ uri: "file:///photo.jpg", name: "photo.jpg", type: "image/jpeg" });
    expect(bodies).toEqual([7]);
  });
});

describe("a picture", () => {
  const photo = (type = "image/jpeg"): File => new File([jpeg6], "photo.jpg", { type });
  let announced: Record<string, unknown>[];
  let bodies: Blob[];

  beforeEach(() => {
    [announced, bodies] = [[], []];
    const stubbed = globalThis.fetch;
    vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
      if (url.endsWith("presigned-url")) announced.push(JSON.parse(String(init.body)));
      return stubbed(url, init);
    });
  });
  const keeping: Put = async ({ body }) => {
    bodies.push(body);
    return { status: 200, text: "" };
  };
  const upload = (file: File | LocalFile, options = {}): Promise<unknown> =>
    new Files({ url: "https://chat.example.com", token: () => "token" }, runtime, keeping).uploadFile(file, options);
  const sent = async (): Promise<Uint8Array> => new Uint8Array(await bodies[0]!.arrayBuffer());

  test("leaves without what its camera wrote, and is announced with the size that it then has", async () => {
    await upload(photo());
    const clean = withoutMetadata(jpeg6);
    expect(await sent()).toEqual(clean);
    expect(announced).toEqual([{ fileName: "photo.jpg", contentType: "image/jpeg", size: clean.length }]);
    expect(bodies[0]!.type).toBe("image/jpeg");
  });

  test("is sent as it is where the app knows its checksum", async () => {
    await upload(photo(), { sha256: "00" });
    expect(await sent()).toEqual(jpeg6);
    expect(announced[0]).toMatchObject({ size: jpeg6.length, sha256: "00" });
  });

  test.each(["", "Image/JPEG", "application/octet-stream"])("is known by its content, where its type is '%s'", async (type) => {
    await upload(photo(type));
    const stubbed = globalThis.fetch;
    vi.stubGlobal("fetch", async (url: string, init: RequestInit) =>
      url.startsWith("file:") ? new Response(jpeg6) : stubbed(url, init));
    await upload({ uri: "file:///photo.heif", name: "photo.heif", type });
    const { length } = withoutMetadata(jpeg6);
    expect(bodies.map(({ size }) => size)).toEqual([length, length]);
  });

  test("is sent as it is where it cannot be read as bytes", async () => {
    const unreadable = photo();
    Object.defineProperty(unreadable, "arrayBuffer", { value: undefined });
    await upload(unreadable);
    expect(await bodies[0]!.slice().arrayBuffer()).toHaveProperty("byteLength", jpeg6.length);
  });

  test("that has gone from the disk is refused as unreadable", async () => {
    const gone = photo();
    Object.defineProperty(gone, "arrayBuffer", { value: () => Promise.reject(new Error("NotFoundError")) });
    expect((await refusalOf(upload(gone))).code).toBe("unreadable");
    expect(asked).toEqual([]);
  });
});

describe("the addresses of many files", () => {
  const file = (fileId: string): object => ({ ...COMPLETE, fileId, fileName: "x", url: "u", expiresIn: 60 });

  test("are requested a hundred at a time, and those that are not there are left out", async () => {
    const stubbed = globalThis.fetch;
    const requests: string[][] = [];
    vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
      const ids = new URL(url).searchParams.get("ids")!.split(",");
      requests.push(ids);
      replies["/files"] = [ok({ files: ids.filter((id) => id !== "f7").map(file) })];
      return stubbed(url, init);
    });
    const ids = Array.from({ length: 150 }, (_, at) => `f${at}`);
    const found = await files().fileAddresses([...ids, "f1", "f2"]);
    expect(requests).toEqual([ids.slice(0, 100), ids.slice(100)]);
    expect([...found.keys()]).toEqual(ids.filter((id) => id !== "f7"));
    expect(found.get("f149")).toEqual(file("f149"));
  });

  test("are requested again after a fault, and not at all where there is no file", async () => {
    replies["/files"] = ["lost", no(503, "unavailable", true), ok({ files: [file("f1")] })];
    expect([...(await files().fileAddresses(["f1"])).keys()]).toEqual(["f1"]);
    expect(asked).toHaveLength(3);
    expect(await files().fileAddresses([])).toEqual(new Map());
    expect(asked).toHaveLength(3);
  });
});

describe("in a browser, where XMLHttpRequest is", () => {
  class Request {
    static last: Request;
    readonly upload: { onprogress: ((event: { loaded: number }) => void) | null } = { onprogress: null };
    onload: (() => void) | null = null;
    onerror: (() => void) | null = null;
    onabort: (() => void) | null = null;
    status = 200;
    responseText = "";
    headers: Record<string, string> = {};
    open(): void {
      Request.last = this;
    }
    setRequestHeader(name: string, value: string): void {
      this.headers[name] = value;
    }
    send(): void {
      queueMicrotask(() => this.sent());
    }
    abort(): void {
      this.onabort?.();
    }
    sent(): void {
      this.upload.onprogress?.({ loaded: 400 });
      this.upload.onprogress?.({ loaded: 1200 });
      this.onload?.();
    }
  }

  test("progress is told as bytes leave, and never more than the file has", async () => {
    vi.stubGlobal("XMLHttpRequest", Request);
    const told: number[] = [];
    await new Files({ url: "https://chat.example.com", token: () => "token" }).uploadFile(FILE, { onProgress: ({ sent }) => told.push(sent) });
    expect(told).toEqual([0, 400, 1000]);
    expect(Request.last.headers).toEqual({ "content-type": "image/png" });
  });

  test("an upload that is cancelled hangs up", async () => {
    class Endless extends Request {
      override sent(): void {
        this.upload.onprogress?.({ loaded: 400 });
      }
    }
    vi.stubGlobal("XMLHttpRequest", Endless);
    const cancelling = new AbortController();
    const upload = new Files({ url: "https://chat.example.com", token: () => "token" }).uploadFile(FILE, {
      signal: cancelling.signal,
      onProgress: ({ sent }) => sent && cancelling.abort(),
    });
    expect((await refusalOf(upload)).code).toBe("cancelled");
  });
});
