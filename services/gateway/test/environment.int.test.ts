import { FrameKind, type CommandFact } from '@sallyport/recording-format';
import { openShell, runSsh } from '@sallyport/testkit';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { aGateway, type TestGateway } from './a-gateway.js';

let g: TestGateway;
beforeAll(async () => {
  g = await aGateway();
});
afterAll(() => g.stop());

async function closed() {
  const recording = g.recordings.last;
  await vi.waitFor(() => expect(recording.isClosed).toBe(true), 8_000);
  return recording;
}
const rows = (recording: Awaited<ReturnType<typeof closed>>): CommandFact[] => recording.facts(FrameKind.command) as CommandFact[];

it('a command in an LC_ variable, run by eval, is in the recording and in a row of the log', async () => {
  const options = ['SetEnv=LC_CMD="touch /tmp/evil" LANG=C.UTF-8'];
  await runSsh({ ...g.alice(), options, command: 'eval "echo $LC_CMD"' });
  const recording = await closed();
  expect(recording.facts(FrameKind.channelOpen)).toMatchObject([
    {
      env: expect.arrayContaining([
        { name: 'LC_CMD', value: 'touch /tmp/evil' },
        { name: 'LANG', value: 'C.UTF-8' },
      ]),
    },
  ]);
  const guessed = rows(recording).filter(({ certainty }) => certainty === 'inferred');
  expect(guessed).toMatchObject([{ kind: 'exec', input: '(environment) LC_CMD=touch /tmp/evil' }]);
});

it('a variable that is too long for the recording does not reach the asset', async () => {
  const options = [`SetEnv=LC_CMD=${'x'.repeat(5000)}`];
  const result = await runSsh({ ...g.alice(), options, command: 'echo "${#LC_CMD}"' });
  expect(result.stdout.toString()).toBe('0\n');
});

it('an ordinary locale and terminal leave no row in the log', async () => {
  const shell = openShell({ ...g.alice(), command: 'true', options: ['SetEnv=LANG=de_DE.UTF-8@euro LC_ALL=C'] });
  await shell.exited;
  expect(rows(await closed()).map(({ input }) => input)).toEqual(['true']);
});
