import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import type { AppError } from '@sallyport/errors';
import { HostKeyChanged } from './session.errors.js';

/** The end of a session. */
export interface SessionEnd {
  reason: EndReason;
  /** For the operator; no secret. */
  detail: string;
  /** For the user. */
  message?: string;
}

/** Returns the reason as the recording's last frame states it. */
export const reasonText = (reason: EndReason): string => EndReason[reason].toLowerCase().replaceAll('_', '-');

export const finished = (detail: string): SessionEnd => ({ reason: EndReason.FINISHED, detail });

export const connectionLost = (assetName: string, cause: Error | undefined): SessionEnd => ({
  reason: EndReason.FINISHED,
  detail: cause ? `connection to the asset lost: ${cause.message}` : 'the asset closed the connection',
  message: `The connection to ${assetName} was lost.`,
});

export const notDialled = (error: AppError): SessionEnd => ({
  reason: error instanceof HostKeyChanged ? EndReason.HOST_KEY_CHANGED : EndReason.DIAL_FAILED,
  detail: `${error.code}: ${error.message}`,
  message: error.message,
});

export const idle = (timeoutMs: number): SessionEnd => ({
  reason: EndReason.IDLE,
  detail: `nothing was typed for ${Math.round(timeoutMs / 1000)} s`,
  message: `This session ended because nothing was typed for ${asText(timeoutMs)}.`,
});

export const maxDuration = (): SessionEnd => ({
  reason: EndReason.MAX_DURATION,
  detail: 'the maximum duration is over',
  message: 'This session ended because it reached its maximum duration.',
});

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

function asText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} seconds`;
  return `${Math.round(seconds / 60)} minutes`;
}
