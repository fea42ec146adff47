import { HostKeyVerdict, type Credential, type HostKey } from '@sallyport/proto-gen/access/v1/session';

/** Login of an account, opened for one use. */
interface OpenedLogin {
  readonly username: string;
  readonly secretType: 'password' | 'ssh_key';
  readonly secret: string;
}

/** Returns a login as gateways and workers take it. */
export function credentialToPb({ username, secretType, secret }: OpenedLogin): Credential {
  switch (secretType) {
    case 'password':
      return { username, secret: { $case: 'password', value: secret } };
    case 'ssh_key':
      return { username, secret: { $case: 'privateKey', value: { pem: secret } } };
  }
}

/** Returns a pinned key as gateways and workers take it. */
export const hostKeyToPb = ({ algorithm, blob }: { readonly algorithm: string; readonly blob: Buffer }): HostKey => ({ algorithm, blob });

const VERDICTS = {
  trusted: HostKeyVerdict.TRUSTED,
  changed: HostKeyVerdict.CHANGED,
  unknown: HostKeyVerdict.UNKNOWN,
} as const;

export const verdictToPb = (verdict: keyof typeof VERDICTS): HostKeyVerdict => VERDICTS[verdict];
