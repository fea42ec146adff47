import type { Engine } from './engine.mjs';

export type ServiceName = 'core' | 'gateway' | 'recorder' | 'indexer' | 'worker' | 'cli';
export const SERVICES: readonly ServiceName[];
export const VERSION: string;

export interface BuiltImage {
  readonly target: ServiceName;
  readonly image: string;
  readonly sizeBytes: number;
  readonly digest: string;
}

export interface BuildOptions {
  readonly targets?: readonly ServiceName[];
  readonly prefix?: string;
  readonly tag?: string;
  readonly base?: string;
  readonly source?: string;
  readonly sbomFolder?: string;
  readonly isCacheUsed?: boolean;
}

export function buildImages(engine: Engine, options?: BuildOptions): Promise<readonly BuiltImage[]>;
