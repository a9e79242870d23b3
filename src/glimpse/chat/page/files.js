// Files of this page: what is on its way into the bucket, and where what was sent can be had.

import { Files } from "./client/upload.js";
import * as session from "./session.js";
import { currentLanguage } from "./words.js";

const MARGIN_MS = 10_000;

/** So many files leave at once; the others wait, and have no address yet that could end meanwhile. */
const AT_ONCE = 3;
/** Between two questions for an address: a long list of people with pictures is not all that is asked. */
const SPACED_MS = 40;

let leaving = 0;
const waiting = [];
let lastAsked = Promise.resolve();
let picture = null;

/** By clientId: the file, how to cancel it, and an address by which this page alone can show it. */
const sending = new Map();
/** By fileId: a promise of its address, and until when that is good. */
const addresses = new Map();

function files() {
  return new Files({ url: "", token: session.token, language: currentLanguage() });
}

export function begin(clientId, file) {
  const preview = file.type.startsWith("image/") ? URL.createObjectURL(file) : "";
  sending.set(clientId, { file, preview, cancelling: new AbortController() });
}

/** Rejects with Refused; may be asked again with the same clientId. */
export async function upload(clientId, onProgress) {
  const { file, cancelling } = sending.get(clientId);
  while (leaving >= AT_ONCE) await new Promise((go) => waiting.push(go));
  leaving += 1;
  try {
    return await files().uploadFile(file, { onProgress, signal: cancelling.signal });
  } finally {
    leaving -= 1;
    waiting.shift()?.();
  }
}

/** One at a time: another one takes the place of one that is on its way. */
export function uploadPicture(file) {
  picture?.abort();
  picture = new AbortController();
  return files().uploadFile(file, { signal: picture.signal });
}

export function cancel(clientId) {
  const { cancelling, preview } = sending.get(clientId) ?? {};
  cancelling?.abort();
  if (preview) URL.revokeObjectURL(preview);
  sending.delete(clientId);
}

export function cancelAll() {
  for (const clientId of [...sending.keys()]) cancel(clientId);
  picture?.abort();
  addresses.clear();
}

/** Empty for what this page did not send, or what is no picture. */
export function previewOf(clientId) {
  return sending.get(clientId)?.preview ?? "";
}

/** Asked for once while it is good, `until` a time; null where it cannot be had. */
export function addressOf(fileId) {
  const known = addresses.get(fileId);
  if (known && known.until > Date.now()) return known.address;
  const asked = { until: Infinity };
  lastAsked = lastAsked.then(() => new Promise((go) => setTimeout(go, SPACED_MS)));
  asked.address = lastAsked.then(() => files().fileAddress(fileId)).then(
    (address) => {
      asked.until = Date.now() + address.expiresIn * 1000 - MARGIN_MS;
      return { ...address, until: asked.until };
    },
    () => ((asked.until = 0), null),
  );
  addresses.set(fileId, asked);
  return asked.address;
}
