/** Most characters of banners to keep: an asset must not fill the user's terminal, or the gateway's memory. */
const MAX_CHARS = 16 * 1024;
const CUT = '\n[the asset sent more]\n';

/** Collects the banners that an asset sends during a login (RFC 4252 §5.4), as they came. */
export class AssetBanner {
  private text = '';
  private isCut = false;

  add(text: string): void {
    this.isCut ||= this.text.length + text.length > MAX_CHARS;
    this.text = (this.text + text).slice(0, MAX_CHARS);
  }

  /** Returns the text and forgets it. */
  take(): string {
    const text = this.isCut ? this.text + CUT : this.text;
    this.text = '';
    this.isCut = false;
    return text;
  }
}
