import { makePassword, makeSealingKeys, makeSigningKey, makeSshKey } from '@sallyport/keys';
import type { Secret } from './secret-store.js';

/** Kinds of keys that are one Secret each. */
export const PLAIN_KINDS = ['host-keys', 'recording-signing', 'audit-signing', 'sealing-keys', 'admin'] as const;
export type PlainKind = (typeof PLAIN_KINDS)[number];

/** Makes the values of the Secret `NAME-KIND`. */
export const plainSecret = async (name: string, kind: PlainKind): Promise<Secret> => ({
  name: `${name}-${kind}`,
  data: await MAKERS[kind](name),
});

const MAKERS: Readonly<Record<PlainKind, (name: string) => Promise<Record<string, string>>>> = {
  'host-keys': hostKeys,
  'recording-signing': async () => signingKey(),
  'audit-signing': async () => signingKey(),
  'sealing-keys': async () => ({ 'keys.json': makeSealingKeys() }),
  admin: async () => ({ username: 'admin', password: makePassword() }),
};

/** Makes SSH host keys, in files that are named as OpenSSH names them. */
async function hostKeys(name: string): Promise<Record<string, string>> {
  const pairs = (['ed25519', 'ecdsa', 'rsa'] as const).map(async (type) => {
    const key = await makeSshKey(type, name);
    return { [`ssh_host_${type}_key`]: key.privateKey, [`ssh_host_${type}_key.pub`]: `${key.publicKey}\n` };
  });
  return Object.assign({}, ...(await Promise.all(pairs))) as Record<string, string>;
}

function signingKey(): Record<string, string> {
  const { privateKey, publicKey } = makeSigningKey();
  return { 'key.pem': privateKey, 'pub.pem': publicKey };
}
