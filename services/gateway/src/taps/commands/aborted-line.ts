const INTERRUPT = 0x03;
const RUB_OUT = new Set([0x7f, 0x08]);

/**
 * Follows the keys at one prompt to decide if Ctrl-C ended its line. That is certain only if nothing but plain text was typed before it: any other key may have
 * sent the line. A line that may have been sent is never taken for an aborted one.
 */
export class AbortedLine {
  private text = '';
  private state: 'typing' | 'interrupted' | 'typed on' | 'unsure' = 'typing';

  /** @param isClean is true if no key is on its way from before the prompt. */
  constructor(isClean: boolean) {
    if (!isClean) this.state = 'unsure';
  }

  feed(data: Uint8Array): void {
    for (const byte of data) this.key(byte);
  }

  /** Returns true if `shown`, the line that the cursor left, was aborted. */
  covers(shown: string): boolean {
    const typed = Buffer.from(this.text, 'latin1').toString('utf8');
    if (this.state === 'unsure' || this.state === 'typing') return false;
    // The terminal driver discards what the shell has not read yet, so less may be shown than was typed.
    if (shown.endsWith('^C')) return typed.startsWith(shown.slice(0, -2).trimEnd());
    return shown === typed.trimEnd() && this.state === 'interrupted';
  }

  private key(byte: number): void {
    if (this.state === 'interrupted') this.state = 'typed on';
    if (this.state !== 'typing') return;
    if (byte === INTERRUPT) this.state = 'interrupted';
    else if (RUB_OUT.has(byte)) this.text = this.text.replace(/[\x80-\xbf]*[^\x80-\xbf]$|[\x80-\xbf]+$/u, '');
    else if (byte < 0x20) this.state = 'unsure';
    else this.text += String.fromCharCode(byte);
  }
}
