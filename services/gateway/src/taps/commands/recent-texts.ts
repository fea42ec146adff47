/** A set of the texts that were seen last: beyond `most`, the one unseen for longest is forgotten. */
export class RecentTexts implements Iterable<string> {
  private readonly texts = new Set<string>();

  constructor(private readonly most: number) {}

  add(text: string): void {
    // A set keeps the order of insertion, so the first entry is the one unseen for longest.
    this.texts.delete(text);
    this.texts.add(text);
    for (const oldest of this.texts) if (this.texts.size > this.most) this.texts.delete(oldest);
  }

  has(text: string): boolean {
    return this.texts.has(text);
  }

  [Symbol.iterator](): Iterator<string> {
    return this.texts[Symbol.iterator]();
  }
}
