import type { DescribeResponse } from '@sallyport/proto-gen/recording/v1/playback';
import { readByteRange } from './byte-range.js';
import { RecordingNotClosed, ReplayChannelNotFound, ReplayRangeInvalid } from './session.errors.js';

/** The request of a reader. */
export interface ReplayWish {
  readonly sessionId: string;
  readonly format: 'native' | 'asciicast' | 'bundle';
  readonly fromSeconds: number | undefined;
  readonly toSeconds: number | undefined;
  readonly channel: number;
  readonly markers: 'commands' | 'none';
  /** The Range header, where there was one. */
  readonly range: string | undefined;
  /** The If-Range header. */
  readonly ifRange: string | undefined;
}

/** A part of a session, microseconds from its start; `toUs` 0n: to its end. */
interface TimeSpan {
  readonly fromUs: bigint;
  readonly toUs: bigint;
}

/** The call of the recorder that answers a request, and the head of the HTTP answer. */
export type ReplayPlan =
  | {
      readonly source: 'bytes';
      readonly status: 200 | 206;
      readonly first: number;
      readonly last: number;
      readonly size: number;
      readonly etag: string;
    }
  | ({ readonly source: 'frames' } & TimeSpan)
  | ({ readonly source: 'asciicast'; readonly channel: number; readonly withoutMarkers: boolean } & TimeSpan)
  | { readonly source: 'bundle' }
  | { readonly source: 'nothing'; readonly status: 416; readonly size: number };

/** Decides how a replay is read. Throws RecordingNotClosed, ReplayChannelNotFound and ReplayRangeInvalid. */
export function planReplay(wish: ReplayWish, recording: DescribeResponse): ReplayPlan {
  const isCut = wish.fromSeconds !== undefined || wish.toSeconds !== undefined;
  if (isCut && wish.format === 'bundle')
    throw new ReplayRangeInvalid(
      'from_seconds and to_seconds cut format=native and format=asciicast, not format=bundle: its proof is of the whole',
    );
  if (wish.format === 'asciicast') return planAsciicast(wish, recording);
  if (wish.format === 'bundle') return planBundle(wish, recording);
  return isCut || !recording.closed ? { source: 'frames', ...spanOf(wish) } : planBytes(wish, recording);
}

function planAsciicast(wish: ReplayWish, recording: DescribeResponse): ReplayPlan {
  const { sessionId, channel } = wish;
  const channels = recording.channels.map((one) => one.channel);
  if (channel === 0 ? channels.length === 0 : !channels.includes(channel)) throw new ReplayChannelNotFound(sessionId, channel, channels);
  return { source: 'asciicast', channel, withoutMarkers: wish.markers === 'none', ...spanOf(wish) };
}

function planBundle(wish: ReplayWish, recording: DescribeResponse): ReplayPlan {
  if (!recording.closed) throw new RecordingNotClosed(wish.sessionId);
  return { source: 'bundle' };
}

function spanOf({ fromSeconds = 0, toSeconds }: ReplayWish): TimeSpan {
  if (toSeconds !== undefined && toSeconds <= fromSeconds)
    throw new ReplayRangeInvalid(`to_seconds=${toSeconds} must be more than from_seconds=${fromSeconds}`);
  return { fromUs: micros(fromSeconds), toUs: toSeconds === undefined ? 0n : micros(toSeconds) };
}

function planBytes(wish: ReplayWish, recording: DescribeResponse): ReplayPlan {
  const size = Number(recording.sizeBytes);
  // A closed recording never changes: its length and last frame differ from every other answer for this URL.
  const etag = `"${wish.sessionId}-${recording.lastSeq}-${size}"`;
  const range = wish.ifRange === undefined || wish.ifRange === etag ? readByteRange(wish.range, size) : ({ kind: 'whole' } as const);
  switch (range.kind) {
    case 'outside':
      return { source: 'nothing', status: 416, size };
    case 'part':
      return { source: 'bytes', status: 206, first: range.first, last: range.last, size, etag };
    case 'whole':
      return { source: 'bytes', status: 200, first: 0, last: size - 1, size, etag };
  }
}

const micros = (seconds: number): bigint => BigInt(Math.round(seconds * 1e6));
