// One PUT of a file to a presigned URL. Browsers and React Native have XMLHttpRequest, which reports progress; `fetch`
// does not.
/** Until the first bytes leave: a browser sends only a few requests at once, and the others wait. */
const START_TIMEOUT_MS = 300_000;
/** From then on: a slow line may take this long to empty its buffers. */
const STALL_TIMEOUT_MS = 60_000;
export const put = (request) => typeof XMLHttpRequest === "undefined" ? putByFetch(request) : putByXmlHttpRequest(request);
function putByXmlHttpRequest({ url, headers, body, onProgress, signal }) {
    return new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        const abort = () => request.abort();
        // A dead network raises no event.
        let timer = setTimeout(abort, START_TIMEOUT_MS);
        const restartTimer = () => {
            clearTimeout(timer);
            timer = setTimeout(abort, STALL_TIMEOUT_MS);
        };
        const finish = (settle) => () => {
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
        for (const [name, value] of Object.entries(headers))
            request.setRequestHeader(name, value);
        request.send(body);
    });
}
async function putByFetch({ url, headers, body, onProgress, signal }) {
    const response = await fetch(url, { method: "PUT", headers, body, ...(signal && { signal }) });
    const text = await response.text();
    if (response.ok)
        onProgress({ sent: body.size, total: body.size });
    return { status: response.status, text };
}
