/** See places.mjs. */
export function clientPlaces(): { readonly folder: string; readonly venv: string; readonly python: string; readonly goClient: string };
