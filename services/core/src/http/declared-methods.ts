import type { FastifyInstance } from 'fastify';
import { methodNotAllowed } from './http.errors.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** Returns the methods that a path has, in alphabetical order; none if no route has the path. */
    methodsOf(path: string): string[];
  }
}

/**
 * Adds `methodsOf` to a server, which knows the routes that are declared from now on. Refuses a method that a path does not have. Routers miss
 * some of these: QUERY, and a method of a route that has a parameter in that place.
 */
export function recordDeclaredMethods(server: FastifyInstance): void {
  /** Methods of the paths without a parameter: a request looks them up. */
  const literals = new Map<string, string[]>();
  const patterns: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];
  server.addHook('onRoute', ({ url, method }) => {
    if (url.includes('*')) return;
    const path = withoutSlash(url);
    if (url.includes(':')) patterns.push({ pattern: patternOf(path), methods: [method].flat() });
    else literals.set(path, [...(literals.get(path) ?? []), ...[method].flat()]);
  });
  server.decorate('methodsOf', (path) => {
    const methods = literals.get(withoutSlash(path)) ?? patterns.filter(({ pattern }) => pattern.test(path)).flatMap((it) => it.methods);
    return [...new Set(methods)].sort();
  });
  server.addHook('onRequest', (request, _reply, done) => {
    const { method } = request;
    const path = request.url.split('?')[0] ?? '';
    // A route that was found has the method, unless a parameter of it stands in the place of a literal path.
    if (!request.is404 && literals.get(withoutSlash(path))?.includes(method) !== false) return done();
    const allowed = server.methodsOf(path);
    done(allowed.length > 0 && !allowed.includes(method) ? methodNotAllowed(method, path, allowed) : undefined);
  });
}

const withoutSlash = (path: string): string => path.replace(/\/$/, '');

/** Returns what matches the paths of a route, with a trailing slash or without. */
const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replace(/[.+?^$()|[\]\\]/g, String.raw`\$&`).replace(/:\w+/g, '[^/]+')}/?$`);
