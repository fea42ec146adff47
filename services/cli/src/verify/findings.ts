import type { NamedKey } from './named-keys.js';

/** The result for one recording. */
export interface Findings {
  /** File or folder that was checked. */
  readonly label: string;
  /** "proven": every byte is as it was signed. "open": not closed yet, so nothing is signed. "failed": see the problems. */
  readonly verdict: 'proven' | 'open' | 'failed';
  /** The key that signed its manifest; undefined if no given key did. */
  readonly signedBy: NamedKey | undefined;
  /** One line about the recording. */
  readonly summary: string;
  /** Problems and their places, one text each. */
  readonly problems: readonly string[];
  /** Facts worth knowing that are not problems. */
  readonly notes: readonly string[];
}

/** Collects the problems of one recording. */
export class Problems {
  private readonly found: string[] = [];

  get list(): readonly string[] {
    return this.found;
  }

  add(problem: string): void {
    this.found.push(problem);
  }

  /** Runs a check. An error about the content becomes a problem that begins with `where`; another error is thrown on. */
  async guard(where: string, isAboutContent: (error: unknown) => boolean, check: () => Promise<void> | void): Promise<void> {
    try {
      await check();
    } catch (error) {
      if (!isAboutContent(error)) throw error;
      this.add(`${where}: ${(error as Error).message}`);
    }
  }
}
