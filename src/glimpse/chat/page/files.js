// Uploads that are running, and the signed URLs of files that are shown.

import { Files } from "./client/upload.js";
import * as session from "./session.js";
import { currentLanguage } from "./words.js";

/** A signed URL is requested again this long before it expires. */
const EXPIRY_MARGIN_MS = 10_000;

/** The other uploads wait, before they have a signed URL that could expire. */
const MAX_UPLOADS = 3;
/** After a failed request. */
const LOOKUP_RETRY_MS = 10_000;

let running = 0;
const waiting = [];
let picture = null;

/** By clientId: the file, its AbortController, and a local URL for its preview. */
const uploads = new Map();

function files() {
  return new Files({ url: "", token: session.token, language: currentLanguage() });
}

export function begin(clientId, file) {
  const preview = file.type.startsWith("image/") ? URL.createObjectURL(file) : "";
  uploads.set(clientId, { file, preview, abortController: new AbortController() });
}

/** Rejects with Refusal; may then be called again with the same clientId. */
export async function upload(clientId, onProgress) {
  const { file, abortController } = uploads.get(clientId);
  while (running >= MAX_UPLOADS) await new Promise((resolve) => waiting.push(resolve));
  running += 1;
  try {
    return await files().uploadFile(file, { onProgress, signal: abortController.signal });
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

/** One at a time: a new upload cancels the one before it. */
export function uploadPicture(file) {
  picture?.abort();
  picture = new AbortController();
  return files().uploadFile(file, { signal: picture.signal });
}

export function cancel(clientId) {
  const { abortController, preview } = uploads.get(clientId) ?? {};
  abortController?.abort();
  if (preview) URL.revokeObjectURL(preview);
  uploads.delete(clientId);
}

export function cancelAll() {
  for (const clientId of [...uploads.keys()]) cancel(clientId);
  picture?.abort();
}

/** The local URL of a picture that this page sent; empty for anything else. */
export function previewOf(clientId) {
  return uploads.get(clientId)?.preview ?? "";
}

/**
 * Pairs of a file's id and its address. `until`: when its URL expires; `nextLookup`: when it is to be looked up again.
 * Null for a file that this user may not see.
 */
export async function addressesOf(fileIds) {
  try {
    const found = await files().fileAddresses(fileIds);
    return fileIds.map((id) => [id, withExpiry(found.get(id))]);
  } catch {
    return fileIds.map((id) => [id, { nextLookup: Date.now() + LOOKUP_RETRY_MS }]);
  }
}

function withExpiry(address) {
  if (!address) return null;
  const until = Date.now() + address.expiresIn * 1000 - EXPIRY_MARGIN_MS;
  return { ...address, until, nextLookup: until };
}
