import type { FastifyInstance } from 'fastify';
import { methodNotAllowed } from './http.errors.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** Returns the methods that a path has, in alphabetical order; none if no route has the path. */
    methodsOf(path: string): string[];
  }
}

interface DeclaredRoute {
  readonly url: string;
  readonly pattern: RegExp;
  readonly methods: readonly string[];
}

/**
 * Adds `methodsOf` to a server, which knows the routes that are declared from now on. Refuses a method that a path does not have. Routers miss
 * some of these: QUERY, and a method of a route that has a parameter in that place.
 */
export function recordDeclaredMethods(server: FastifyInstance): void {
  const routes: DeclaredRoute[] = [];
  server.addHook('onRoute', ({ url, method }) => {
    if (!url.includes('*')) routes.push({ url, pattern: patternOf(url), methods: [method].flat() });
  });
  server.decorate('methodsOf', (path) => {
    const found = routes.filter(({ pattern }) => pattern.test(path));
    const literal = found.filter(({ url }) => !url.includes(':'));
    return [...new Set((literal.length > 0 ? literal : found).flatMap(({ methods }) => methods))].sort();
  });
  server.addHook('onRequest', ({ method, url }, _reply, done) => {
    const path = url.split('?')[0] ?? '';
    const allowed = server.methodsOf(path);
    done(allowed.length > 0 && !allowed.includes(method) ? methodNotAllowed(method, path, allowed) : undefined);
  });
}

/** Returns what matches the paths of a route, with a trailing slash or without. */
const patternOf = (url: string): RegExp =>
  new RegExp(
    `^${url
      .replace(/\/$/, '')
      .replace(/[.+?^$()|[\]\\]/g, String.raw`\$&`)
      .replace(/:\w+/g, '[^/]+')}/?$`,
  );
