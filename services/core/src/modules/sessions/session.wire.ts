import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import type { SessionEndReason } from './session.entity.js';

const TO_PB = {
  finished: EndReason.FINISHED,
  terminated: EndReason.TERMINATED,
  idle: EndReason.IDLE,
  max_duration: EndReason.MAX_DURATION,
  unrecordable: EndReason.UNRECORDABLE,
  dial_failed: EndReason.DIAL_FAILED,
  host_key_changed: EndReason.HOST_KEY_CHANGED,
  drained: EndReason.DRAINED,
  lost: EndReason.LOST,
  revoked: EndReason.REVOKED,
  sign_in_revoked: EndReason.SIGN_IN_REVOKED,
  user_disabled: EndReason.USER_DISABLED,
  user_expired: EndReason.USER_EXPIRED,
  user_deleted: EndReason.USER_DELETED,
  asset_disabled: EndReason.ASSET_DISABLED,
  asset_deleted: EndReason.ASSET_DELETED,
  account_disabled: EndReason.ACCOUNT_DISABLED,
  account_deleted: EndReason.ACCOUNT_DELETED,
  permission_removed: EndReason.PERMISSION_REMOVED,
  permission_disabled: EndReason.PERMISSION_DISABLED,
  permission_expired: EndReason.PERMISSION_EXPIRED,
  asset_unresponsive: EndReason.ASSET_UNRESPONSIVE,
  asset_lost: EndReason.ASSET_LOST,
  client_lost: EndReason.CLIENT_LOST,
} satisfies Record<SessionEndReason, EndReason>;

export const endReasonToPb = (reason: SessionEndReason): EndReason => TO_PB[reason];

/** Returns the reason that a gateway reports; undefined for none, an unknown one, and LOST, which core alone sets. */
export function endReasonFromPb(pb: EndReason): Exclude<SessionEndReason, 'lost'> | undefined {
  const found = Object.entries(TO_PB).find(([, value]) => value === pb)?.[0] as SessionEndReason | undefined;
  return found === 'lost' ? undefined : found;
}
