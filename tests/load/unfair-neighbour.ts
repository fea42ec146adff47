import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadClient } from './client.ts';
import type { Gate } from './idle-sessions.ts';
import { measureKeystroke } from './keystroke.ts';
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

/**
 * Measures the p99 of a user's keystrokes at a gateway beside each attack, as ratio to that without it in the same round. Each attacker has
 * an address of its own and takes only processor time that is left over: it stands for another machine. Prints medians, and how often the
 * gateway's event loop was blocked for more than 50 ms: the count must be 0, whatever the machine.
 */
export async function measureUnfairNeighbours(client: LoadClient, gate: Gate, keys: number, rounds: number): Promise<void> {
  const attacker = gate.attacker ?? gate;
  const key = measureKeystroke(client, keys, { name: 'key', command: undefined });
  const p99 = async (): Promise<number> => (await key('gateway'))['key p99'] ?? Number.NaN;
  await p99(); // the first keys warm the gateway up
  for (const [at, kind] of ATTACK_KINDS.entries()) {
    const beside: number[] = [];
    const alone: number[] = [];
    const blocksBefore = gate.loopBlocks?.() ?? 0;
    for (let round = 0; round < rounds; round++) {
      alone.push(await p99());
      const stop = await attack({ kind, address: `127.0.0.${at + 2}`, port: gate.port, user: attacker.user, keyFile: attacker.keyFile });
      beside.push(await p99());
      await stop();
    }
    const ratio = median(beside.map((micros, round) => micros / alone[round]!));
    const blocks = gate.loopBlocks === undefined ? '–' : gate.loopBlocks() - blocksBefore;
    console.log(
      `${`key beside ${kind}`.padEnd(33)} p99 × ${ratio.toFixed(2)}   ${(median(alone) / 1000).toFixed(1)} → ${(median(beside) / 1000).toFixed(1)} ms   loop blocks > 50 ms: ${blocks}`,
    );
    if (typeof blocks === 'number' && blocks > 0) process.exitCode = 1;
  }
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
