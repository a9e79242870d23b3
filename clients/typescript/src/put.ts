// One PUT of a file to a presigned URL. Browsers and React Native have XMLHttpRequest, which reports progress; `fetch`
// does not.

export interface Progress {
  /** Bytes. */
  readonly sent: number;
  /** Bytes. */
  readonly total: number;
}

export interface PutRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Blob;
  readonly onProgress: (progress: Progress) => void;
  readonly signal: AbortSignal | undefined;
}

/** The object store's response. */
export interface PutResponse {
  readonly status: number;
  readonly text: string;
}

/** Rejects where there is no response: the network failed, or the signal aborted. */
export type Put = (request: PutRequest) => Promise<PutResponse>;

/** Until the first bytes leave: a browser sends only a few requests at once, and the others wait. */
const START_TIMEOUT_MS = 300_000;
/** From then on: a slow line may take this long to empty its buffers. */
const STALL_TIMEOUT_MS = 60_000;

export const put: Put = (request) =>
  typeof XMLHttpRequest === "undefined" ? putByFetch(request) : putByXmlHttpRequest(request);

function putByXmlHttpRequest({ url, headers, body, onProgress, signal }: PutRequest): Promise<PutResponse> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = (): void => request.abort();
    // A dead network raises no event.
    let timer = setTimeout(abort, START_TIMEOUT_MS);
    const restartTimer = (): void => {
      clearTimeout(timer);
      timer = setTimeout(abort, STALL_TIMEOUT_MS);
    };
    const finish = (settle: () => void) => (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      settle();
    };
    request.upload.onprogress = ({ loaded }) => {
      restartTimer();
      onProgress({ sent: Math.min(loaded, body.size), total: body.size });
    };
    request.onload = finish(() => resolve({ status: request.status, text: request.responseText }));
    request.onerror = request.onabort = finish(() => reject(new Error("no response")));
    signal?.addEventListener("abort", abort);
    request.open("PUT", url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.send(body);
  });
}

async function putByFetch({ url, headers, body, onProgress, signal }: PutRequest): Promise<PutResponse> {
  const response = await fetch(url, { method: "PUT", headers, body, ...(signal && { signal }) });
  const text = await response.text();
  if (response.ok) onProgress({ sent: body.size, total: body.size });
  return { status: response.status, text };
}
