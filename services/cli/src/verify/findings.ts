import type { NamedKey } from './named-keys.js';

/** What came out for one recording. */
export interface Findings {
  /** File or folder that was looked at. */
  readonly label: string;
  /** "proven": every byte is as it was signed. "open": not closed yet, so nothing is signed. "failed": see the problems. */
  readonly verdict: 'proven' | 'open' | 'failed';
  /** The key that signed its manifest; undefined when no given key did. */
  readonly signedBy: NamedKey | undefined;
  /** One line about what it is. */
  readonly summary: string;
  /** What is wrong and where, in words. */
  readonly problems: readonly string[];
  /** What is no problem, and worth knowing. */
  readonly notes: readonly string[];
}

/** Collects what is wrong with one recording. */
export class Problems {
  private readonly found: string[] = [];

  get list(): readonly string[] {
    return this.found;
  }

  add(problem: string): void {
    this.found.push(problem);
  }

  /** Runs a check; what it throws becomes a problem, said with `where`. Errors that are not about the content come through. */
  async guard(where: string, isAboutContent: (error: unknown) => boolean, check: () => Promise<void> | void): Promise<void> {
    try {
      await check();
    } catch (error) {
      if (!isAboutContent(error)) throw error;
      this.add(`${where}: ${(error as Error).message}`);
    }
  }
}
