import { keyTypeOf, modernOffer, type AlgorithmOffer } from '@sallyport/ssh';
import { engineCrypto } from './crypto-in-use.js';

/**
 * The gateway's software name, without "SSH-2.0-". OpenSSH's clients and servers send eow@openssh.com and no-more-sessions@openssh.com only
 * to names that begin so. Without the former, `ssh host yes | head` never ends.
 */
export const SOFTWARE = 'OpenSSH_Sallyport';

/** The algorithms offered to clients. */
export const clientOffer: AlgorithmOffer = modernOffer(engineCrypto);

/** Returns the algorithms offered to an asset whose host keys of these types are pinned: those types come first. */
export function assetOffer(pinnedTypes: readonly string[]): AlgorithmOffer {
  const { hostKey } = clientOffer;
  const isPinned = (algorithm: string): boolean => pinnedTypes.includes(keyTypeOf(algorithm) ?? '');
  return { ...clientOffer, hostKey: [...hostKey.filter(isPinned), ...hostKey.filter((algorithm) => !isPinned(algorithm))] };
}
