import http from 'node:http';
import https from 'node:https';

/** Answers that the client drops without reading. Unread, they would block their connection without end. */
const UNREAD = new Set([408, 429, 499, 500, 502, 503, 504, 520]);

type Request = typeof http.request;

/**
 * Returns the transport of the S3 client. The client's own transport lacks a time limit: a store that accepts and never answers would hang
 * a recording. `idleMs` without a byte in either direction ends a request.
 */
export function timedTransport(isSecure: boolean, idleMs: number): { request: Request } {
  const plain = isSecure ? https.request : http.request;
  const request = (options: http.RequestOptions, onResponse?: (response: http.IncomingMessage) => void): http.ClientRequest => {
    const sent = plain(options, (response) => {
      if (UNREAD.has(response.statusCode ?? 0)) response.resume();
      onResponse?.(response);
    });
    sent.setTimeout(idleMs, () => sent.destroy(Object.assign(new Error(`no answer for ${idleMs} ms`), { code: 'ETIMEDOUT' })));
    return sent;
  };
  return { request: request as Request };
}
