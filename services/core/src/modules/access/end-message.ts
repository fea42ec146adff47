import type { RightEnd } from '../perms/index.js';
import type { RevokedCredential } from '../users/index.js';

/** Messages for the user of a session, by the part of its right that ended. They name no other user and no asset. */
const OF_RIGHT: Readonly<Record<RightEnd, string>> = {
  user_disabled: 'This session ended because your user was disabled.',
  user_expired: 'This session ended because your user has expired.',
  user_deleted: 'This session ended because your user was deleted.',
  asset_disabled: 'This session ended because the asset was disabled.',
  asset_deleted: 'This session ended because the asset was deleted.',
  account_disabled: 'This session ended because the account on the asset was disabled.',
  account_deleted: 'This session ended because the account on the asset was deleted.',
  permission_removed: 'This session ended because your permission for it was withdrawn.',
  permission_disabled: 'This session ended because your permission for it was disabled.',
  permission_expired: 'This session ended because your permission for it has expired.',
};

const OF_CREDENTIAL: Readonly<Record<RevokedCredential, string>> = {
  key: 'This session ended because the SSH key that you signed in with was removed.',
  password: 'This session ended because your password was changed after you signed in.',
};

export const MAX_DURATION_REACHED = 'This session ended because it reached its maximum duration.';

export const rightEndMessage = (end: RightEnd): string => OF_RIGHT[end];

export const credentialEndMessage = (part: RevokedCredential): string => OF_CREDENTIAL[part];

/** Returns the message of a termination. `by` is the administrator's name; undefined: the user does not read it. */
export function terminationMessage(by: string | undefined, message: string): string {
  const ended = by ? `The administrator ${by} ended this session` : 'An administrator ended this session';
  return message ? `${ended}: ${message}` : `${ended}.`;
}
