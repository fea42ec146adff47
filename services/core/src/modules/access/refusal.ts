import type { Refusal } from '@sallyport/proto-gen/access/v1/authenticate';
import { typedText } from './typed-text.js';

/** Final refusals of sign-in and OpenSession. The messages are for the user and reveal nothing that the user may not know. */
export const REFUSALS = {
  locked: { code: 'AUTH_LOCKED', message: 'Try again later.' },
  tooLate: { code: 'AUTH_EXPIRED', message: 'Signing in took too long. Connect again.' },
  passwordNotChanged: { code: 'AUTH_PASSWORD_NOT_CHANGED', message: 'The password was not changed. Connect again to change it.' },
  signInExpired: { code: 'AUTH_SIGN_IN_EXPIRED', message: 'Your sign-in is no longer valid. Connect again.' },
  keyRemoved: { code: 'SIGN_IN_REVOKED', message: 'The SSH key that you signed in with was removed. Connect again.' },
  passwordChanged: { code: 'SIGN_IN_REVOKED', message: 'Your password was changed after you signed in. Connect again.' },
  userNotActive: { code: 'USER_NOT_ACTIVE', message: 'Your user is disabled or has expired. Ask an administrator.' },
} satisfies Record<string, Refusal>;

/** Returns the same refusal for a target that does not exist and for one that is not granted. It quotes only what the user typed. */
export function targetNotGranted({ asset, account }: { asset: string; account: string }): Refusal {
  const wanted = account === '' ? `asset "${typedText(asset)}"` : `account "${typedText(account)}" on an asset "${typedText(asset)}"`;
  return { code: 'TARGET_NOT_GRANTED', message: `There is no ${wanted} that you may use.` };
}

/** Returns the refusal for an address that several granted assets have. It names them. */
export const targetAmbiguous = (asset: string, names: readonly string[]): Refusal => ({
  code: 'TARGET_AMBIGUOUS',
  message: `Several assets match "${typedText(asset)}": ${names.slice(0, 10).join(', ')}. Use one of these names.`,
});

/** The session id belongs to another session. */
export const SESSION_ID_TAKEN: Refusal = {
  code: 'SESSION_ID_TAKEN',
  message: 'This session has ended or belongs to another connection. Connect again.',
};
