import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import type { AppError } from '@sallyport/errors';
import { bannerText, isUnresponsive } from '../ssh/index.js';
import { HostKeyChanged } from './session.errors.js';

/** The end of a session. */
export interface SessionEnd {
  reason: EndReason;
  /** For the operator; no secret. */
  detail: string;
  /** For the user. */
  message?: string;
}

/** Returns the reason as the recording's last frame states it. A later core may send one that this gateway does not know. */
export const reasonText = (reason: EndReason): string =>
  ((EndReason as Readonly<Record<number, string>>)[reason] ?? 'unknown').toLowerCase().replaceAll('_', '-');

export const finished = (detail: string): SessionEnd => ({ reason: EndReason.FINISHED, detail });

/** Returns the end of a session whose client is gone. `cause` is undefined after an orderly end. */
export function clientGone(cause: Error | undefined): SessionEnd {
  if (!cause) return finished('the client disconnected');
  const detail = isUnresponsive(cause) ? 'the client stopped answering' : `the client's connection was lost: ${cause.message}`;
  return { reason: EndReason.CLIENT_LOST, detail };
}

/** Returns the end of a session whose asset is gone while programs ran on it. */
export function assetGone(assetName: string, cause: Error | undefined): SessionEnd {
  if (cause && isUnresponsive(cause)) {
    const message = `This session ended because ${assetName} stopped answering.`;
    return { reason: EndReason.ASSET_UNRESPONSIVE, detail: 'the asset stopped answering', message };
  }
  const detail = cause ? `connection to the asset lost: ${cause.message}` : 'the asset closed the connection while a program ran';
  return { reason: EndReason.ASSET_LOST, detail, message: `The connection to ${assetName} was lost.` };
}

/** Returns the end of a session that did not reach its asset. The asset's banner may say why. */
export const notDialled = (error: AppError, banner: string): SessionEnd => ({
  reason: error instanceof HostKeyChanged ? EndReason.HOST_KEY_CHANGED : EndReason.DIAL_FAILED,
  detail: `${error.code}: ${error.message}`,
  message: banner ? `${bannerText(banner).slice(0, MAX_BANNER_CHARS).trimEnd()}\n${error.message}` : error.message,
});

export const idle = (timeoutMs: number): SessionEnd => ({
  reason: EndReason.IDLE,
  detail: `nothing was typed for ${Math.round(timeoutMs / 1000)} s`,
  message: `This session ended because nothing was typed for ${asText(timeoutMs)}.`,
});

/** Returns the end of a session at the time that its grant names, for the reason that it names. */
export function expired(reason: EndReason): SessionEnd {
  switch (reason) {
    case EndReason.PERMISSION_EXPIRED:
      return {
        reason,
        detail: 'the permission expired',
        message: 'This session ended because your permission for it has expired.',
      };
    case EndReason.USER_EXPIRED:
      return { reason, detail: 'the user expired', message: 'This session ended because your user has expired.' };
    default:
      return {
        reason: EndReason.MAX_DURATION,
        detail: 'the maximum duration is over',
        message: 'This session ended because it reached its maximum duration.',
      };
  }
}

export const unrecordable = (why: string): SessionEnd => ({
  reason: EndReason.UNRECORDABLE,
  detail: why,
  message: 'This session ended because it can no longer be recorded.',
});

export const outputExceeded = (bytes: number): SessionEnd => ({
  reason: EndReason.UNRECORDABLE,
  detail: `a channel of a strict session exceeded the ${bytes} bytes of output that may be recorded of it`,
  message: `This session ended because a channel printed more than the ${Math.round(bytes / 1024 / 1024)} MiB that may be recorded of it.`,
});

export const drained = (): SessionEnd => ({
  reason: EndReason.DRAINED,
  detail: 'the gateway stopped',
  message: 'This session ended because the gateway is being restarted. Log in again to go on.',
});

export const orderedByCore = (reason: EndReason, message: string): SessionEnd => ({
  reason,
  detail: message ? `core ordered it: ${message}` : 'core ordered it',
  message: message || 'An administrator ended this session.',
});

/** The part of an asset's banner that stands before the message of a failed dial. */
const MAX_BANNER_CHARS = 2048;

function asText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} seconds`;
  return `${Math.round(seconds / 60)} minutes`;
}
