// One PUT of a file to an address. XMLHttpRequest where there is one, as in browsers and React Native: `fetch` tells
// nobody how far an upload has come.

export interface Progress {
  /** Bytes. */
  readonly sent: number;
  readonly total: number;
}

export interface Putting {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Blob;
  readonly onProgress: (progress: Progress) => void;
  readonly signal: AbortSignal | undefined;
}

/** The answer of the object store. Rejects where there is none: the network failed, or it was cancelled. */
export interface PutAnswer {
  readonly status: number;
  readonly text: string;
}

export type Put = (putting: Putting) => Promise<PutAnswer>;

/** Until the first bytes leave: a browser sends only some requests at once, and the others wait. */
const STARTING_MS = 300_000;
/** From then on: what a slow line has taken into its buffers may be on its way for so long. */
const STALLED_MS = 60_000;

export const put: Put = (putting) => (typeof XMLHttpRequest === "undefined" ? byFetch(putting) : byRequest(putting));

function byRequest({ url, headers, body, onProgress, signal }: Putting): Promise<PutAnswer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const cancel = (): void => request.abort();
    // A dead network says nothing.
    let stalled = setTimeout(cancel, STARTING_MS);
    const alive = (): void => {
      clearTimeout(stalled);
      stalled = setTimeout(cancel, STALLED_MS);
    };
    const over = (settle: () => void) => (): void => {
      clearTimeout(stalled);
      signal?.removeEventListener("abort", cancel);
      settle();
    };
    request.upload.onprogress = ({ loaded }) => {
      alive();
      onProgress({ sent: Math.min(loaded, body.size), total: body.size });
    };
    request.onload = over(() => resolve({ status: request.status, text: request.responseText }));
    request.onerror = request.onabort = over(() => reject(new Error("no answer")));
    signal?.addEventListener("abort", cancel);
    request.open("PUT", url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.send(body);
  });
}

async function byFetch({ url, headers, body, onProgress, signal }: Putting): Promise<PutAnswer> {
  const answer = await fetch(url, { method: "PUT", headers, body, ...(signal && { signal }) });
  const text = await answer.text();
  if (answer.ok) onProgress({ sent: body.size, total: body.size });
  return { status: answer.status, text };
}
