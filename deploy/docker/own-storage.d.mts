import type { Engine } from './engine.mjs';

export function podmanWithOwnStorage(options?: { readonly isQuiet?: boolean; readonly name?: string }): Engine;
