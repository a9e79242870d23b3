// Uploads many files with the client for apps. Reads {"url", "tokens", "files", "atOnce", "seed"} from stdin.
// Prints one JSON line per file: {number, owner, size, fileId} once it is complete, or {number, owner, size, code}.

import { Files, Refusal } from "./upload.js";

let text = "";
for await (const part of process.stdin) text += part;
const { url, tokens, files, atOnce, seed } = JSON.parse(text);

/** mulberry32 */
let state = seed;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

// Every pause is a twentieth of what the client asks for, because this tests cuts, not waiting.
const environment = {
  now: () => Date.now(),
  random: Math.random,
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms / 20)),
};

/** A different content for each file, so that a mix-up of two files is noticed. */
function contentOf(number, size) {
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(4, number);
  bytes.set([0xff, 0xd8, 0xff, 0xe0]);
  return new File([bytes], `${number}.jpg`, { type: "image/jpeg" });
}

const sizes = Array.from({ length: files }, () => 1_000 + Math.floor(random() * 200_000));
let next = 0;

async function sender() {
  for (let number = next++; number < files; number = next++) {
    const owner = number % tokens.length;
    const client = new Files({ url, token: () => tokens[owner] }, environment);
    const outcome = await client.uploadFile(contentOf(number, sizes[number])).then(
      ({ fileId }) => ({ fileId }),
      (error) => ({ code: error instanceof Refusal ? error.code : String(error) }),
    );
    process.stdout.write(JSON.stringify({ number, owner, size: sizes[number], ...outcome }) + "\n");
  }
}

await Promise.all(Array.from({ length: atOnce }, sender));
process.stdout.write("", () => process.exit(0));
