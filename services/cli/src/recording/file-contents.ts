import type { AuditorsKey } from '@sallyport/crypto';
import { decodeFileContent, decodePayload, decodeSealedInput, type Frame, FrameKind, SealedPurpose } from '@sallyport/recording-format';
import { readable } from '../verify/readable.js';
import type { ContentFolder } from './content-folder.js';
import { SealedOpener } from './sealed-opener.js';

/** Collects the content of files from the frames of recordings, in the clear or sealed. */
export class FileContents {
  private readonly opener: SealedOpener | undefined;
  problems = 0;
  private withoutKey = 0;

  constructor(
    private readonly folder: ContentFolder,
    key: AuditorsKey | undefined,
    private readonly print: (line: string) => void,
  ) {
    this.opener = key && new SealedOpener(key);
  }

  see(sessionId: string, frame: Frame): void {
    if (frame.kind === FrameKind.fileContent) this.content(frame, frame.payload);
    if (frame.kind === FrameKind.sealed) this.sealed(sessionId, frame);
    if (frame.kind !== FrameKind.file) return;
    const fact = readable(() => decodePayload(FrameKind.file, frame.payload));
    if (fact) this.folder.named(fact);
  }

  /** Returns the number of files. */
  end(): number {
    const files = this.folder.end();
    if (this.withoutKey > 0) this.problem(`${this.withoutKey} frames of content are sealed: name the auditors’ private key with --key`);
    return files;
  }

  /** Opens content. Other sealed frames count for the order of messages only. */
  private sealed(sessionId: string, frame: Frame): void {
    const isContent = readable(() => decodeSealedInput(frame.payload))?.purpose === SealedPurpose.fileContent;
    if (!this.opener) return void (isContent && (this.withoutKey += 1));
    const opened = readable(() => this.opener?.open(sessionId, frame)) ?? { problem: 'its payload is not valid' };
    if (!isContent) return;
    if ('problem' in opened) return this.problem(`frame ${frame.seq}, channel ${frame.channel}: ${opened.problem}`);
    if (opened.note !== undefined) this.problem(`frame ${frame.seq}, channel ${frame.channel}: ${opened.note}`);
    this.content(frame, opened.plaintext);
  }

  private content({ seq, channel }: Frame, payload: Uint8Array): void {
    const content = readable(() => decodeFileContent(payload));
    if (content) this.folder.content(content);
    else this.problem(`frame ${seq}, channel ${channel}: its payload is not valid`);
  }

  private problem(text: string): void {
    this.problems += 1;
    this.print(`- ${text}`);
  }
}
