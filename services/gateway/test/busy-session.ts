import { randomBytes, randomUUID } from 'node:crypto';
import { encodePayload, type Frame, FrameKind, type SessionMeta } from '@sallyport/recording-format';
import type { SessionRecording } from '../src/taps/recording-port.js';

/** A busy session: it records frames and remembers them. */
export class BusySession {
  readonly commandIds: string[] = [];
  private readonly written: string[] = [];

  constructor(
    readonly meta: SessionMeta,
    readonly recording: SessionRecording,
  ) {
    this.remember(0, FrameKind.session, Buffer.from(encodePayload(FrameKind.session, meta)));
    this.add(
      1,
      FrameKind.channelOpen,
      Buffer.from(encodePayload(FrameKind.channelOpen, { kind: 'shell', pty: { term: 'xterm', cols: 80, rows: 24 } })),
    );
  }

  /** Records some output and a command. */
  step(outputBytes: number): void {
    this.add(1, FrameKind.output, randomBytes(outputBytes));
    const id = randomUUID();
    this.commandIds.push(id);
    const fact = {
      id,
      kind: 'typed',
      input: `command ${this.commandIds.length}`,
      output: '',
      risk_level: 'accept',
      started_us: 0,
      ended_us: 0,
    } as const;
    this.add(1, FrameKind.command, Buffer.from(encodePayload(FrameKind.command, fact)));
  }

  /** Records at the pace of the recording until the signal is aborted. */
  async work(signal: AbortSignal, outputBytes = 2_000, pauseMs = 5): Promise<void> {
    while (!signal.aborted) {
      await this.recording.whenRoom();
      this.step(outputBytes);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  async end(): Promise<bigint> {
    this.add(0, FrameKind.end, Buffer.from(encodePayload(FrameKind.end, { reason: 'finished' })));
    return (await this.recording.close()).lastSeq;
  }

  /** Returns all frames, in order: a replay must contain them. */
  get frames(): readonly string[] {
    return this.written;
  }

  private add(channel: number, kind: FrameKind, payload: Buffer): void {
    this.recording.append(channel, kind, payload);
    this.remember(channel, kind, payload);
  }

  private remember(channel: number, kind: FrameKind, payload: Buffer): void {
    this.written.push(asText({ channel, kind, payload }));
  }
}

/** Returns a frame as text, so that two frames can be compared. */
export const asText = ({ channel, kind, payload }: Pick<Frame, 'channel' | 'kind' | 'payload'>): string =>
  `${channel} ${kind} ${Buffer.from(payload).toString('base64')}`;
