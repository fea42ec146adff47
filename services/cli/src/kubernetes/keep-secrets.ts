import { keepMeshSecrets, meshSecretNames } from './mesh-secrets.js';
import { PLAIN_KINDS, plainSecret, type PlainKind } from './plain-secrets.js';
import type { Secret, SecretStore } from './secret-store.js';
import { TRIAL_SECRETS, trialSecret } from './trial-secrets.js';

/** Kinds of keys by their names on the command line. */
export const KINDS = [...PLAIN_KINDS, 'mesh', 'trial-stores'] as const;
export type Kind = (typeof KINDS)[number];

/** The keys of one release. */
export interface KeptKeys {
  /** Name in front of the names of the Secrets. */
  readonly name: string;
  readonly kinds: readonly Kind[];
  /** Lifetime of a new certificate in days. */
  readonly days: number;
  readonly now: Date;
}

/** Makes the Secrets that are missing. A Secret that is there is never replaced, but for a certificate that runs out. */
export async function keepSecrets(store: SecretStore, keys: KeptKeys, report: (line: string) => void): Promise<void> {
  for (const kind of keys.kinds) {
    if (kind === 'mesh') await keepMeshSecrets(store, keys, report);
    else if (kind === 'trial-stores')
      for (const suffix of TRIAL_SECRETS)
        await keepOne(store, `${keys.name}-${suffix}`, async () => trialSecret(keys.name, suffix), report);
    else await keepOne(store, `${keys.name}-${kind}`, () => plainSecret(keys.name, kind), report);
  }
}

async function keepOne(store: SecretStore, name: string, make: () => Promise<Secret>, report: (line: string) => void): Promise<void> {
  const isMade = (await store.get(name)) === undefined && (await store.create(await make()));
  report(`${name} ${isMade ? 'was made' : 'is kept'}`);
}

/** Returns the names of all Secrets of these kinds. */
export const secretNames = (name: string, kinds: readonly Kind[]): string[] => kinds.flatMap((kind) => namesOf(name, kind));

function namesOf(name: string, kind: Kind): string[] {
  if (kind === 'mesh') return meshSecretNames(name);
  if (kind === 'trial-stores') return TRIAL_SECRETS.map((suffix) => `${name}-${suffix}`);
  return [`${name}-${kind satisfies PlainKind}`];
}
