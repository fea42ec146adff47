/**
 * A mutation fuzzer: it replays a recorded conversation with random changes to one role, before and after authentication.
 * FUZZ_CASES sets the number of messages for both roles together, FUZZ_SEED repeats a run. A failure names the seed and the connection.
 */
import { describe, expect, it } from 'vitest';
import { attacksOn, type Attack, type Role } from './attacks.suite.js';
import { Random } from './random.suite.js';
import { usedBytes } from '../memory-in-use.suite.js';

const CASES = Number(process.env.FUZZ_CASES ?? 20_000) / 2;
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_124);
const MAX_GROWTH_BYTES = 24 * 1024 * 1024;
/** Connections after which all memory that stays allocated is allocated. */
const WARM_UP = 100;

const mib = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;

/** Runs the attack until this many messages were tried. Returns a line of statistics. */
const fuzz = async (attack: Attack, cases: number): Promise<string> => {
  const started = performance.now();
  let [tried, connections, used, rss] = [0, 0, 0, 0];
  for (; tried < cases; connections += 1) {
    const outcome = await attack(new Random(SEED + connections * 7919));
    expect(outcome.end, `seed ${SEED}, connection ${connections}`).toBe('expected');
    tried += outcome.tried;
    if (connections === WARM_UP) [used, rss] = [await usedBytes(), process.memoryUsage().rss];
  }
  const after = await usedBytes();
  if (connections > WARM_UP) expect(after - used).toBeLessThan(MAX_GROWTH_BYTES);
  const memory = `in use ${mib(used)}, then ${mib(after)}; RSS ${mib(rss)}, then ${mib(process.memoryUsage().rss)}`;
  return `${tried} cases, ${connections} connections, ${((performance.now() - started) / 1000).toFixed(1)} s; ${memory}`;
};

/** Defines the tests of one role. Each role has a file of its own, so that two processes share the work. */
export const fuzzRole = async (role: Role): Promise<void> => {
  const attacks = await attacksOn(role);
  describe(`random messages to a ${role}`, () => {
    it.each(attacks.map((attack) => [attack.name, attack] as const))(
      `%s: it neither crashes, hangs nor fills the memory (seed ${SEED})`,
      { timeout: 7_200_000 },
      async (name, { attack, share }) => {
        const line = await fuzz(attack, Math.ceil(CASES * share));
        if (process.env.FUZZ_CASES !== undefined) process.stdout.write(`${role}, ${name}: ${line}\n`);
      },
    );
  });
};
