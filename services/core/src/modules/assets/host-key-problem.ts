import type { HostKeyFacts } from './host-key-text.js';

/** Returns what an operator has to know about a key that is not one of the pinned ones. */
export const changedKey = (asset: string, key: HostKeyFacts, pinned: readonly HostKeyFacts[]): string =>
  `${asset} presented the host key ${named(key)}, and its pinned keys are ${pinned.map(named).join(', ')}: another machine may answer in its place, ` +
  'or it was set up anew. No secret was sent.';

/** Returns what an operator has to do about a first key where none is pinned by itself. */
export const unknownKey = (asset: { readonly id: string; readonly name: string }, key: HostKeyFacts): string =>
  `${asset.name} presented the host key ${named(key)}, which is not approved. No secret was sent. Compare it with what ` +
  '"for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf $key; done" prints on that host. To approve it, send ' +
  `POST /api/v1/assets/hosts/${asset.id}/host-keys {"fingerprint": "${key.fingerprint}"}`;

const named = ({ algorithm, fingerprint }: HostKeyFacts): string => [algorithm, fingerprint].filter(Boolean).join(' ');
