import { parseArgs } from 'node:util';
import type { Extent } from './measures.ts';

/** Options of the command line. */
export interface LoadOptions extends Extent {
  readonly mib: number;
  readonly crypto: 'auto' | 'native' | 'js';
}

/** Reads the command line: `--rounds 5 --quick --only bulk,key --crypto js`. Throws an error on an unknown `--crypto`. */
export function readLoadOptions(): LoadOptions {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      crypto: { type: 'string', default: 'auto' },
    },
  });
  const { quick, crypto } = values;
  if (crypto !== 'auto' && crypto !== 'native' && crypto !== 'js') throw new Error(`--crypto is "${crypto}": auto, native or js`);
  const extent = quick ? { mib: 64, keys: 150, logins: 16, idleSessions: 50 } : { mib: 256, keys: 500, logins: 40, idleSessions: 500 };
  return { ...extent, rounds: Math.max(1, Number(values.rounds)), only: values.only.split(',').filter((name) => name !== ''), crypto };
}
