import type { IncomingHttpHeaders } from 'node:http';
import { OriginRefused } from './http.errors.js';

/** Methods that change nothing (RFC 9110 §9.2.1). */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A request as far as its origin matters. */
interface SentRequest {
  readonly method: string;
  /** Value of the Host header. */
  readonly host: string;
  readonly headers: Pick<IncomingHttpHeaders, 'origin' | 'sec-fetch-site'>;
}

/**
 * Throws OriginRefused for a change that a web page of another site sends through a user's browser. Browsers name the page's site in
 * every such request (Fetch standard, "append a request Origin header"; Fetch Metadata); other clients send neither header. The own site is
 * `publicUrl`, or the request's host if it is undefined.
 */
export function refuseForeignSite({ method, host, headers }: SentRequest, publicUrl: string | undefined): void {
  if (SAFE.has(method)) return;
  const { origin, 'sec-fetch-site': fetchSite } = headers;
  if (origin !== undefined && !isOwn(origin, host, publicUrl)) throw new OriginRefused(origin);
  if (fetchSite === 'cross-site') throw new OriginRefused('another site');
}

function isOwn(origin: string, host: string, publicUrl: string | undefined): boolean {
  if (!URL.canParse(origin)) return false;
  const given = new URL(origin);
  return publicUrl === undefined ? given.host !== '' && given.host === host.toLowerCase() : given.origin === new URL(publicUrl).origin;
}
