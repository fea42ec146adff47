import type { Page } from '@sallyport/contracts';
import type { FastifyRequest } from 'fastify';
import type { Rows } from '../resource/rows.js';

const asIs = <T>(row: T): T => row;

/** Returns a page with the links to its neighbours; `view` turns a row into its view. */
export function pageFor<V>(request: FastifyRequest, query: PageQuery, found: Rows<V>): Page<V>;
export function pageFor<T, V>(request: FastifyRequest, query: PageQuery, found: Rows<T>, view: (row: T) => V): Page<V>;
export function pageFor(
  { url }: FastifyRequest,
  { limit, offset }: PageQuery,
  found: Rows<unknown>,
  view: (row: unknown) => unknown = asIs,
): Page<unknown> {
  const linkTo = (place: number): string => pageLink(url, { limit: String(limit), offset: String(place) });
  return {
    count: found.count,
    next: offset + limit < found.count ? linkTo(offset + limit) : null,
    previous: offset > 0 ? linkTo(Math.max(0, offset - limit)) : null,
    results: found.rows.map(view),
  };
}

interface PageQuery {
  readonly limit: number;
  readonly offset: number;
}

/**
 * Returns the link to another page of a list: path and query of the request with some parameters changed, undefined removes one. It has no
 * host: the Host header is the client's claim, and a link made from it could lead elsewhere.
 */
export function pageLink(requestUrl: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const { pathname, searchParams } = new URL(requestUrl, 'http://host.invalid');
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) searchParams.delete(name);
    else searchParams.set(name, value);
  }
  return `${pathname}?${searchParams.toString()}`;
}
