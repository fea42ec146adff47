/** See client-paths.mjs. */
export function clientPaths(): { readonly folder: string; readonly venv: string; readonly python: string; readonly goClient: string };
