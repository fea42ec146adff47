import type { Page } from '@sallyport/contracts';
import type { FastifyRequest } from 'fastify';
import type { Rows } from '../resource/rows.js';

const asIs = <T>(row: T): T => row;

/** Returns a page with the links to its neighbours; `view` turns a row into its view. */
export function pageFor<V>(request: FastifyRequest, query: PageQuery, found: Rows<V>): Page<V>;
export function pageFor<T, V>(request: FastifyRequest, query: PageQuery, found: Rows<T>, view: (row: T) => V): Page<V>;
export function pageFor(
  request: FastifyRequest,
  { limit, offset }: PageQuery,
  found: Rows<unknown>,
  view: (row: unknown) => unknown = asIs,
): Page<unknown> {
  return {
    count: found.count,
    next: offset + limit < found.count ? linkTo(request, limit, offset + limit) : null,
    previous: offset > 0 ? linkTo(request, limit, Math.max(0, offset - limit)) : null,
    results: found.rows.map(view),
  };
}

interface PageQuery {
  readonly limit: number;
  readonly offset: number;
}

function linkTo(request: FastifyRequest, limit: number, offset: number): string {
  const url = new URL(request.url, `${request.protocol}://${request.host}`);
  url.searchParams.set('limit', String(limit));
  url.searchParams.set('offset', String(offset));
  return url.href;
}
