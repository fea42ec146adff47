import { randomBytes } from 'node:crypto';
import { FrameKind } from '@sallyport/recording-format';
import { runSsh } from '@sallyport/testkit';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { aGateway, type TestGateway } from '../../test/a-gateway.js';
import { sha } from './a-tapped-channel.suite.js';

let g: TestGateway;
beforeAll(async () => {
  g = await aGateway();
});
afterAll(() => g.stop());

const script = 'echo one\ncat <<EOF\nbody\nEOF\necho two\n';

it.each([
  ['a shell without a terminal', undefined],
  ['bash -s', 'bash -s'],
  ["sh -c 'exec sh'", "sh -c 'exec sh'"],
])('%s has the lines piped to it as commands', async (_, command) => {
  const result = await runSsh({ ...g.alice(), ...(command !== undefined && { command }), flags: ['-T'], input: Buffer.from(script) });
  expect(result.stdout.toString()).toContain('one\nbody\ntwo\n');
  const recording = g.recordings.last;
  await vi.waitFor(() => expect(recording.isClosed).toBe(true), 5_000);
  const piped = recording.facts(FrameKind.command).filter((fact) => (fact as { kind: string }).kind === 'piped');
  expect(piped.map((fact) => (fact as { input: string }).input)).toEqual(['echo one', 'cat <<EOF\nbody\nEOF', 'echo two']);
  expect(recording.facts(FrameKind.gap)).toEqual([]);
});

it('input piped to a program that runs none of it is recorded by length and hash', async () => {
  const data = randomBytes(3_000_000);
  await runSsh({ ...g.alice(), command: 'cat >/dev/null', input: data });
  const recording = g.recordings.last;
  await vi.waitFor(() => expect(recording.isClosed).toBe(true), 5_000);
  expect(recording.facts(FrameKind.gap)).toEqual([{ bytes: data.length, sha256: sha(data), why: 'bulk', stream: 'input' }]);
});
