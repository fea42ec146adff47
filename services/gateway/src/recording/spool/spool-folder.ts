import { readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { SessionMeta } from '@sallyport/recording-format';
import { readSpoolFile } from './read-spool-file.js';
import { type SpoolContent, SpoolFile, type SpoolDeps } from './spool-file.js';
import { encodeSpoolHeader } from './spool-header.js';

/** Kind of a spool file: all frames from one on, or commands that are stored and not published. */
export type SpoolKind = 'frames' | 'commands';

/** Spool files of one session that a dead gateway left. */
export interface OrphanedSession {
  readonly meta: SessionMeta;
  readonly files: Readonly<Partial<Record<SpoolKind, SpoolFile>>>;
}

const ALIVE = 'alive';
/** A gateway on another machine is dead if it has not touched its folder for this long. */
const SILENT_MS = 120_000;
const OWNER = /^(.+)-(\d+)-(\d+)(\.\d+)?$/;

/**
 * The spool of one gateway process: a folder of its own, named by machine, process id and the start of the process. Gateways that share a disk
 * never touch each other's files while they live. The folder of a dead gateway is taken over by a rename, in which only one gateway succeeds.
 */
export class SpoolFolder {
  private readonly owner: string;
  private taken = 0;
  private made: Promise<unknown> | undefined;

  constructor(
    private readonly root: string,
    private readonly deps: SpoolDeps,
  ) {
    this.owner = `${hostname()}-${process.pid}-${startTicks('self') ?? 0}`;
  }

  /** Creates a new spool file of a session, after `after` resolves, when its former file is removed. */
  create(meta: SessionMeta, kind: SpoolKind, after: Promise<unknown>): SpoolFile {
    return new SpoolFile(join(this.root, this.owner, `${meta.session_id}.${kind}`), this.deps, { header: encodeSpoolHeader(meta), after });
  }

  /** Creates the folder and shows that its owner lives. Call it before anything else, and again within SILENT_MS. */
  async touch(): Promise<void> {
    const own = join(this.root, this.owner);
    this.made ??= mkdir(own, { recursive: true, mode: 0o700 }).then(() => writeFile(join(own, ALIVE), '', { mode: 0o600 }));
    await this.made;
    const now = new Date(this.deps.clock.now());
    await utimes(join(own, ALIVE), now, now);
  }

  /** Takes over the files of dead gateways. */
  async takeOver(): Promise<OrphanedSession[]> {
    const orphans: OrphanedSession[] = [];
    for (const name of await readdir(this.root)) {
      if (!(await this.isDead(name))) continue;
      const mine = join(this.root, `${this.owner}.${++this.taken}`);
      const won = await rename(join(this.root, name), mine).then(
        () => true,
        () => false, // another gateway was faster
      );
      if (!won) continue;
      await rm(join(mine, ALIVE), { force: true });
      orphans.push(...(await this.sessionsIn(mine)));
    }
    return orphans;
  }

  /** Removes folders that have become empty. */
  async tidy(): Promise<void> {
    for (const name of await readdir(this.root)) {
      if (name.startsWith(`${this.owner}.`)) await rmdir(join(this.root, name)).catch(() => undefined);
    }
  }

  /** Removes the gateway's own folder if it is empty: the gateway stops. */
  async leave(): Promise<void> {
    const own = join(this.root, this.owner);
    const names = await readdir(own).catch(() => []);
    if (names.some((name) => name !== ALIVE)) return;
    await rm(own, { recursive: true, force: true });
    this.made = undefined;
  }

  private async isDead(name: string): Promise<boolean> {
    const found = OWNER.exec(name);
    if (found === null || name === this.owner || name.startsWith(`${this.owner}.`)) return false;
    if (found[1] === hostname()) return startTicks(found[2]!) !== found[3];
    const folder = join(this.root, name);
    const touched = await stat(join(folder, ALIVE)).catch(() => stat(folder).catch(() => undefined));
    return touched !== undefined && this.deps.clock.now() - touched.mtimeMs > SILENT_MS;
  }

  private async sessionsIn(folder: string): Promise<OrphanedSession[]> {
    const bySession = new Map<string, { meta: SessionMeta; files: Partial<Record<SpoolKind, SpoolFile>> }>();
    for (const name of await readdir(folder)) {
      const kind = kindOf(name);
      const orphan = kind && (await readSpoolFile(join(folder, name), kind === 'commands'));
      if (kind === undefined || orphan === undefined) continue;
      const session = bySession.get(orphan.meta.session_id) ?? { meta: orphan.meta, files: {} };
      session.files[kind] = this.opened(join(folder, name), orphan.content);
      bySession.set(orphan.meta.session_id, session);
    }
    return [...bySession.values()];
  }

  private opened(path: string, content: SpoolContent): SpoolFile {
    return new SpoolFile(path, this.deps, { content });
  }
}

const kindOf = (name: string): SpoolKind | undefined =>
  name.endsWith('.frames') ? 'frames' : name.endsWith('.commands') ? 'commands' : undefined;

/** Returns the start of a process of this machine in clock ticks since boot (proc(5), stat field 22); undefined if it does not run. */
function startTicks(pid: string): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in field 2 may contain spaces and parentheses, so fields are counted behind the last one.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
