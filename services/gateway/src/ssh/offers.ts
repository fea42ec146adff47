import { MODERN_SIGNATURE_ALGORITHMS, modernOffer, type AlgorithmOffer } from '@sallyport/ssh';
import { engineCrypto } from './crypto-in-use.js';

/**
 * What we call ourselves, without "SSH-2.0-". OpenSSH's clients and servers say "nobody reads any more" (eow@openssh.com) and "no more
 * sessions" only to names that begin so, and without the former `ssh host yes | head` never ends.
 */
export const SOFTWARE = 'OpenSSH_Sallyport';

const modern = modernOffer(engineCrypto);

/** For clients. Certificates are not among the user keys: no CA is trusted yet. */
export const serverOffer = { ...modern, userKeys: MODERN_SIGNATURE_ALGORITHMS } satisfies AlgorithmOffer & { userKeys: readonly string[] };

/** For an asset whose keys of these types are pinned: it is asked for those first. */
export function assetOffer(pinnedTypes: readonly string[]): AlgorithmOffer {
  const isPinned = (algorithm: string): boolean => pinnedTypes.includes(algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm);
  return { ...modern, hostKey: [...modern.hostKey.filter(isPinned), ...modern.hostKey.filter((algorithm) => !isPinned(algorithm))] };
}
