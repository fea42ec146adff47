import { randomBytes } from 'node:crypto';
import { openShell, type SshShell } from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProduct, type Product } from './product.ts';
import { eventually } from './wait.ts';

let product: Product;
beforeAll(async () => {
  product = await aProduct({ parts: [] });
});
afterAll(() => product.remove());

/** Types commands one after the other, each of which prints a word that was not typed. */
async function typeCommands(shell: SshShell, words: readonly string[]): Promise<void> {
  for (const word of words) {
    shell.type(`echo ${word} | tr a-z A-Z\r`);
    await shell.expect(word.toUpperCase());
  }
}

const someWords = (tag: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${tag}${i}x${randomBytes(4).toString('hex')}`);

async function sessionWith(word: string): Promise<string> {
  const row = await eventually(60_000, async () => (await product.admin.commands({ search: word })).results[0]);
  return row.session;
}

/** Expects that each word is in exactly one command, and in the replay. */
async function expectNothingMissing(words: readonly string[]): Promise<void> {
  const session = await sessionWith(words[0] ?? '');
  const inputs = await eventually(60_000, async () => {
    const { results } = await product.admin.commands({ session, limit: '500' });
    return words.every((word) => results.some(({ input }) => input.includes(word))) ? results.map(({ input }) => input) : undefined;
  });
  for (const word of words)
    expect(
      inputs.filter((input) => input.includes(word)),
      word,
    ).toHaveLength(1);
  const replay = (await product.admin.replay(session, 'asciicast')).toString();
  for (const word of words) expect(replay, word).toContain(word.toUpperCase());
}

describe('killed in the middle of a session', () => {
  it.each(['recorder', 'indexer', 'nats', 'core'])(
    '%s: the session continues, the part restarts, and no command or output is missing',
    async (part) => {
      const shell = openShell(product.demo);
      await shell.expect(/[$#%>] ?$/);
      const words = someWords(part, 30);
      await typeCommands(shell, words.slice(0, 8));
      const killed = await product.kill(part);
      await typeCommands(shell, words.slice(8, 20));
      await product.backAgain(part, killed);
      await typeCommands(shell, words.slice(20));
      shell.type('exit 3\r');
      expect(await shell.exited).toBe(3);
      await expectNothingMissing(words);
    },
  );

  it('gateway: the session is listed as lost within 45 s, and everything acknowledged replays and verifies', async () => {
    const shell = openShell(product.demo);
    await shell.expect(/[$#%>] ?$/);
    const words = someWords('gateway', 12);
    await typeCommands(shell, words);
    const session = await sessionWith(words[0] ?? '');
    await product.recorded(session, words.at(-1)!.toUpperCase());
    const killedAt = Date.now();
    const killed = await product.kill('gateway');
    await shell.exited;
    await eventually(45_000, async () => ((await product.admin.session(session)).state === 'lost' ? true : undefined));
    expect(Date.now() - killedAt).toBeLessThan(45_000);
    await product.backAgain('gateway', killed);
    await expectNothingMissing(words);
    const bundle = await eventually(60_000, () => product.admin.replay(session, 'bundle'));
    expect(await product.verifyBundle(bundle)).toMatchObject({ code: 0 });
  });

  it('new sessions open after all these outages', async () => {
    const shell = openShell(product.demo);
    await shell.expect(/[$#%>] ?$/);
    shell.type('exit 5\r');
    expect(await shell.exited).toBe(5);
  });
});
