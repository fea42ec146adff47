import { keyTypeOf, modernOffer, type AlgorithmOffer } from '@sallyport/ssh';
import { engineCrypto } from './crypto-in-use.js';

/**
 * What we call ourselves, without "SSH-2.0-". OpenSSH's clients and servers say "nobody reads any more" (eow@openssh.com) and "no more
 * sessions" only to names that begin so, and without the former `ssh host yes | head` never ends.
 */
export const SOFTWARE = 'OpenSSH_Sallyport';

/** For clients. */
export const clientOffer: AlgorithmOffer = modernOffer(engineCrypto);

/** For an asset whose keys of these types are pinned: it is asked for those first. */
export function assetOffer(pinnedTypes: readonly string[]): AlgorithmOffer {
  const { hostKey } = clientOffer;
  const isPinned = (algorithm: string): boolean => pinnedTypes.includes(keyTypeOf(algorithm) ?? '');
  return { ...clientOffer, hostKey: [...hostKey.filter(isPinned), ...hostKey.filter((algorithm) => !isPinned(algorithm))] };
}
