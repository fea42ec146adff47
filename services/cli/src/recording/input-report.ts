import { isUtf8 } from 'node:buffer';
import { printableLine } from '@sallyport/context';
import type { AuditorsKey } from '@sallyport/crypto';
import { decodeFileContent, decodePayload, decodeTypedLine, type Frame, FrameKind, SealedPurpose } from '@sallyport/recording-format';
import { readable } from '../verify/readable.js';
import { SealedOpener } from './sealed-opener.js';

/** Prints the sealed input of recordings, a line for each frame. */
export class InputReport {
  private readonly opener: SealedOpener;
  private startedAt = 0;
  sealed = 0;
  problems = 0;

  constructor(
    key: AuditorsKey,
    private readonly print: (line: string) => void,
  ) {
    this.opener = new SealedOpener(key);
  }

  see(sessionId: string, frame: Frame): void {
    if (frame.kind === FrameKind.session) this.begin(frame);
    if (frame.kind !== FrameKind.sealed) return;
    this.sealed += 1;
    const where = `frame ${frame.seq}, channel ${frame.channel}`;
    const opened = readable(() => this.opener.open(sessionId, frame)) ?? { problem: 'its payload is not valid' };
    if ('problem' in opened) return this.problem(`${where}: ${opened.problem}`);
    if (opened.note !== undefined) this.problem(`${where}: ${opened.note}`);
    const { timeUs = frame.timeUs, text } = readable(() => shown(opened.purpose, opened.plaintext)) ?? { text: 'not readable' };
    this.print(`${this.time(timeUs)} channel ${frame.channel} ${text}`);
  }

  private begin({ payload }: Frame): void {
    const meta = decodePayload(FrameKind.session, payload);
    this.startedAt = Date.parse(meta.started_at);
    this.print(printableLine(`session ${meta.session_id}: ${meta.username} on ${meta.account}@${meta.asset_name}`));
  }

  private problem(text: string): void {
    this.problems += 1;
    this.print(`- ${text}`);
  }

  private time(timeUs: number): string {
    return new Date(this.startedAt + timeUs / 1000).toISOString();
  }
}

function shown(purpose: SealedPurpose, plaintext: Buffer): { timeUs?: number; text: string } {
  switch (purpose) {
    case SealedPurpose.typed: {
      const { timeUs, keys } = decodeTypedLine(plaintext);
      return { timeUs, text: `typed without echo: ${quoted(Buffer.from(keys))}` };
    }
    case SealedPurpose.input:
      return { text: `input: ${quoted(plaintext)}` };
    case SealedPurpose.secret:
      return { text: `input that may be a password: ${quoted(plaintext)}` };
    case SealedPurpose.fileContent: {
      const { id, offset, data } = decodeFileContent(plaintext);
      return { text: `content of file ${id}: ${data.length} bytes from ${offset} on` };
    }
  }
}

const quoted = (bytes: Buffer): string => (isUtf8(bytes) ? JSON.stringify(bytes.toString()) : `base64 ${bytes.toString('base64')}`);
