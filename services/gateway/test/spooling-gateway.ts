import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { RecorderPlace } from './recorder-process.js';

const PROGRAM = fileURLToPath(new URL('spooling-program.mjs', import.meta.url));

/** A gateway process that records one best-effort session without a recorder. */
export class SpoolingGateway {
  /** The ids of the commands that were spooled. */
  readonly commandIds: string[] = [];
  /** Resolves to the session id once its recording is on disk. */
  readonly spooled: Promise<string>;
  /** Resolves to the exit code or signal. */
  readonly exited: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    this.exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
    this.spooled = new Promise((resolve, reject) => {
      createInterface({ input: child.stdout! }).on('line', (line) => {
        const [word, value] = line.split(' ') as [string, string];
        if (word === 'command') this.commandIds.push(value);
        if (word === 'spooled') resolve(value);
      });
      void this.exited.then((how) => reject(new Error(`the gateway exited with ${String(how)} before it had spooled`)));
    });
  }

  /** Starts it. `stop`: it ends the session and shuts down. `be-killed`: it goes on until `kill`. `crash`: it fails, with frames in memory, as a data process does. */
  static start(place: RecorderPlace, recorderPort: number, then: 'stop' | 'be-killed' | 'crash'): SpoolingGateway {
    const options = { address: `127.0.0.1:${recorderPort}`, mesh: place.gatewayFiles, spoolDir: join(place.folder.path, 'spool'), then };
    return new SpoolingGateway(
      spawn(process.execPath, [PROGRAM, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] }),
    );
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }
}
