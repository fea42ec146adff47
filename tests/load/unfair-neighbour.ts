import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadClient } from './client.ts';
import type { Gate } from './idle-sessions.ts';
import { measureKeystroke, ShutOut } from './keystroke.ts';
import type { PathName } from './rounds.ts';
import { median } from './statistics.ts';

/** The attacks of one client that others must not notice. */
const ATTACK_KINDS = ['proof flood', 'kex flood', 'silent sockets', 'wrong signatures', 'many connections'] as const;

/** Options of attacker.ts, passed as JSON. */
export interface AttackOptions {
  readonly kind: (typeof ATTACK_KINDS)[number];
  /** The address that the attacker connects from. Linux serves the whole of 127.0.0.0/8. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly keyFile: string;
}

const SETTLE_MS = 1_000;

/** A way to the target whose entrance is attacked. */
export interface AttackedPath {
  readonly path: PathName;
  readonly port: number;
  readonly user: string;
  readonly keyFile: string;
}

/**
 * Measures the p99 of a user's keystrokes beside each attack, as ratio to that without it in the same round: at the gateway, and at the jump
 * host's sshd for comparison. Each attacker has an address of its own and takes only processor time that is left over: it stands for
 * another machine. Prints medians, and how often the gateway's event loop was blocked for more than 50 ms: never, on any machine.
 */
export async function measureUnfairNeighbours(
  client: LoadClient,
  { gate, jump }: { gate: Gate; jump: AttackedPath },
  keys: number,
  rounds: number,
): Promise<void> {
  const key = measureKeystroke(client, keys, { name: 'key', command: undefined });
  const p99 = async (path: PathName): Promise<number> => (await key(path))['key p99'] ?? Number.NaN;
  const gateway: AttackedPath = { path: 'gateway', port: gate.port, ...(gate.attacker ?? gate) };
  await p99('gateway'); // the first keys warm the gateway up
  for (const [at, kind] of ATTACK_KINDS.entries()) {
    const figures: string[] = [];
    const blocksBefore = (await gate.loopBlocks?.()) ?? 0;
    for (const { path, ...entrance } of [gateway, jump]) {
      const options = { kind, address: `127.0.0.${at + 2}`, ...entrance };
      figures.push(`${path} ${await compare(() => p99(path), options, rounds)}`);
    }
    const blocks = gate.loopBlocks === undefined ? '–' : (await gate.loopBlocks()) - blocksBefore;
    console.log(`${`key p99 beside ${kind}`.padEnd(33)} ${figures.join('   ')}   loop blocks > 50 ms: ${blocks}`);
    if (typeof blocks === 'number' && blocks > 0) process.exitCode = 1;
  }
}

/** Returns the median ratio of a time beside an attack to that without, and both times in milliseconds. */
async function compare(micros: () => Promise<number>, options: AttackOptions, rounds: number): Promise<string> {
  const alone: number[] = [];
  const beside: number[] = [];
  for (let round = 0; round < rounds; round++) {
    alone.push(await micros());
    const stop = await attack(options);
    beside.push(await micros().catch(infiniteIfShutOut));
    await stop();
  }
  const ratio = median(beside.map((time, round) => time / alone[round]!));
  return `× ${ratio.toFixed(2)} (${(median(alone) / 1000).toFixed(1)} → ${(median(beside) / 1000).toFixed(1)} ms)`;
}

/** Returns infinity for a client that got no session. */
function infiniteIfShutOut(error: unknown): number {
  if (error instanceof ShutOut) return Infinity;
  throw error;
}

async function attack(options: AttackOptions): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'attacker.ts'), JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true, // a session of its own, so that its priority is its own too
  });
  await once(child.stdout, 'data');
  await sleep(SETTLE_MS);
  return async () => {
    child.kill();
    await once(child, 'close');
    await sleep(SETTLE_MS);
  };
}
