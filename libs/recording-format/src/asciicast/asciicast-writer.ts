import type { Frame } from '../frame/frame.js';
import { FrameKind } from '../frame/frame-kind.js';
import type { ChannelOpen, Resize } from '../payload/channel-facts.js';
import type { GapFact } from '../payload/facts.js';
import { decodePayload } from '../payload/json-payload.js';
import type { SessionMeta } from '../payload/session-meta.js';
import type { Marker } from './marker.js';
import { TerminalText } from './terminal-text.js';

/**
 * Turns the frames of one recording, in order, into an asciicast v2 file of one channel (docs.asciinema.org, "asciicast v2"): a header
 * line, then "o" events for both output streams, "r" for new sizes and "m" for markers. Times count from the channel's opening. A gap is shown as a
 * line of text, so that a cut recording does not pass for a whole one.
 */
export class AsciicastWriter {
  private text: { output: TerminalText; stderr: TerminalText } | undefined;
  /** Time 0 of the file. */
  private originUs = 0;
  private lastUs = 0;
  private meta: SessionMeta | undefined;
  private readonly markers: readonly Marker[];
  private nextMarker = 0;

  /** With `fromUs`, time 0 is that time of the session, and what was shown before is shown at once. `markers` come in the order of their times. */
  constructor(
    private readonly channel: number,
    private readonly options: { readonly fromUs?: number; readonly markers?: readonly Marker[] } = {},
  ) {
    this.markers = (options.markers ?? []).filter(({ timeUs }) => timeUs >= (options.fromUs ?? 0));
  }

  /** Returns the text to append to the file for this frame; "" for none. */
  write(frame: Frame): string {
    if (frame.kind === FrameKind.session) this.meta = decodePayload(FrameKind.session, frame.payload);
    if (frame.channel !== this.channel) return '';
    if (frame.kind === FrameKind.channelOpen) return this.open(frame);
    if (this.text === undefined) return '';
    const before = this.markersUntil(frame.timeUs);
    this.lastUs = frame.timeUs;
    return before + this.event(frame, this.text);
  }

  /** Returns the rest at the end: an unfinished UTF-8 sequence, and markers behind the last output. `toUs` is the end of the cut. */
  end(toUs = Infinity): string {
    if (this.text === undefined) return '';
    return this.out(this.text.output.end() + this.text.stderr.end()) + this.markersUntil(toUs);
  }

  private markersUntil(timeUs: number): string {
    let lines = '';
    for (let marker = this.markers[this.nextMarker]; marker && marker.timeUs <= timeUs; marker = this.markers[++this.nextMarker]) {
      this.lastUs = Math.max(this.lastUs, marker.timeUs);
      lines += this.line('m', marker.label);
    }
    return lines;
  }

  private event(frame: Frame, text: { output: TerminalText; stderr: TerminalText }): string {
    switch (frame.kind) {
      case FrameKind.output:
        return this.out(text.output.push(frame.payload));
      case FrameKind.stderr:
        return this.out(text.stderr.push(frame.payload));
      case FrameKind.resize:
        return this.line('r', sizeText(decodePayload(FrameKind.resize, frame.payload)));
      case FrameKind.gap: {
        const gap = decodePayload(FrameKind.gap, frame.payload);
        return isOfFacts(gap) ? '' : this.out(`\r\n[sallyport: ${gapText(gap)}]\r\n`);
      }
      default:
        return '';
    }
  }

  private open(frame: Frame): string {
    const open = decodePayload(FrameKind.channelOpen, frame.payload);
    this.lastUs = frame.timeUs;
    this.originUs = Math.max(frame.timeUs, this.options.fromUs ?? 0);
    const bare = open.pty === undefined;
    this.text = { output: new TerminalText(bare), stderr: new TerminalText(bare) };
    return `${JSON.stringify(header(open, this.meta, this.originUs))}\n`;
  }

  private out(text: string): string {
    return text === '' ? '' : this.line('o', text);
  }

  private line(code: 'o' | 'r' | 'm', text: string): string {
    const seconds = Math.max(0, this.lastUs - this.originUs) / 1e6;
    return `[${seconds.toFixed(6)}, "${code}", ${JSON.stringify(text)}]\n`;
  }
}

/** Returns true for a gap in the search for commands or file operations: no byte is missing from the recording. */
const isOfFacts = ({ stream }: GapFact): boolean => stream === 'commands' || stream === 'files';

const gapText = ({ bytes, why, sealed }: GapFact): string =>
  sealed === true ? `sealed input, ${bytes} bytes` : `${bytes} bytes are not in this recording: ${why}`;

const sizeText = (size: Resize): string => `${size.cols}x${size.rows}`;

/** Returns the header. Players need a size, so a program without a terminal is shown in 80x24. */
function header(open: ChannelOpen, meta: SessionMeta | undefined, originUs: number): Record<string, unknown> {
  return {
    version: 2,
    width: open.pty?.cols || 80,
    height: open.pty?.rows || 24,
    ...(meta && {
      timestamp: Math.floor((Date.parse(meta.started_at) + originUs / 1000) / 1000),
      title: `${meta.username} on ${meta.account}@${meta.asset_name}`,
    }),
    ...(open.command !== undefined && open.command !== '' && { command: open.command }),
    ...(open.pty && open.pty.term !== '' && { env: { TERM: open.pty.term } }),
  };
}
