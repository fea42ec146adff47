import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyInstance {
    /** Returns the methods that a path has, in alphabetical order; none if no route has the path. */
    methodsOf(path: string): string[];
  }
}

/** Adds `methodsOf` to a server, which knows the routes that are declared from now on. */
export function recordDeclaredMethods(server: FastifyInstance): void {
  const routes: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];
  server.addHook('onRoute', ({ url, method }) => {
    const methods = [method].flat();
    if (!url.includes('*')) routes.push({ pattern: patternOf(url), methods });
  });
  server.decorate('methodsOf', (path) =>
    [...new Set(routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods))].sort(),
  );
}

/** Returns what matches the paths of a route, with a trailing slash or without. */
const patternOf = (url: string): RegExp =>
  new RegExp(
    `^${url
      .replace(/\/$/, '')
      .replace(/[.+?^$()|[\]\\]/g, String.raw`\$&`)
      .replace(/:\w+/g, '[^/]+')}/?$`,
  );
