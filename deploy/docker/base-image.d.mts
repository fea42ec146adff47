import type { Engine } from './engine.mjs';

export const DEBIAN_IMAGE: string;
export const NODE_IMAGE: string;
export function imagesFolder(): string;
export function ensureNodeImage(engine: Engine): Promise<void>;
export function ensureDebianImage(engine: Engine): Promise<void>;
