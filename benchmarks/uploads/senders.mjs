// Many people who send files with the client that apps use. Told on stdin: {"url", "tokens", "files", "atOnce", "seed"}.
// On stdout, one JSON line a file: {number, owner, fileId} once it is complete, or {number, owner, code}.

import { Files, Refusal } from "./upload.js";

let text = "";
for await (const part of process.stdin) text += part;
const { url, tokens, files, atOnce, seed } = JSON.parse(text);

/** mulberry32 */
let state = seed;
function chance() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

// As long as it says, but twenty times as fast: what is tried here are cuts, not patience.
const around = {
  now: () => Date.now(),
  random: Math.random,
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms / 20)),
};

/** No two are alike, so that what is kept for one cannot be what was sent for another. */
function contentOf(number, size) {
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(4, number);
  bytes.set([0xff, 0xd8, 0xff, 0xe0]);
  return new File([bytes], `${number}.jpg`, { type: "image/jpeg" });
}

const sizes = Array.from({ length: files }, () => 1_000 + Math.floor(chance() * 200_000));
let next = 0;

async function sender() {
  for (let number = next++; number < files; number = next++) {
    const owner = number % tokens.length;
    const sending = new Files({ url, token: () => tokens[owner] }, around);
    const told = await sending.uploadFile(contentOf(number, sizes[number])).then(
      ({ fileId }) => ({ fileId }),
      (failed) => ({ code: failed instanceof Refusal ? failed.code : String(failed) }),
    );
    process.stdout.write(JSON.stringify({ number, owner, size: sizes[number], ...told }) + "\n");
  }
}

await Promise.all(Array.from({ length: atOnce }, sender));
process.stdout.write("", () => process.exit(0));
