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
} satisfies Record<SessionEndReason, EndReason>;

export const endReasonToPb = (reason: SessionEndReason): EndReason => TO_PB[reason];

/** Returns the reason that a gateway reports; undefined for none, an unknown one, and LOST, which core alone sets. */
export function endReasonFromPb(pb: EndReason): Exclude<SessionEndReason, 'lost'> | undefined {
  const found = Object.entries(TO_PB).find(([, value]) => value === pb)?.[0] as SessionEndReason | undefined;
  return found === 'lost' ? undefined : found;
}
