import { readFileSync } from 'node:fs';
import { systemClock } from '@sallyport/context';
import { expect, it } from 'vitest';
import type { ObservedCommand } from './observed-command.js';
import { TerminalSession } from './terminal-session.js';

interface Recorded {
  readonly cols: number;
  readonly rows: number;
  readonly events: [kind: 'i' | 'o', base64: string][];
}

/** Plays a recorded dialogue of a real shell and its user. */
async function replay(file: string, afterEvent: (session: TerminalSession) => void = () => {}): Promise<ObservedCommand[]> {
  const { cols, rows, events } = JSON.parse(readFileSync(new URL(`testdata/${file}`, import.meta.url), 'utf8')) as Recorded;
  const commands: ObservedCommand[] = [];
  const failed = (error: unknown): void => expect.unreachable(String(error));
  const session = new TerminalSession({
    start: { cols, rows, foreground: undefined },
    clock: systemClock,
    report: (command) => commands.push(command),
    failed,
  });
  let at = Date.UTC(2026, 0, 1);
  for (const [kind, base64] of events) {
    at += kind === 'i' ? 400 : 5;
    await session.take([{ kind: kind === 'i' ? 'input' : 'output', data: new Uint8Array(Buffer.from(base64, 'base64')), at }]);
    afterEvent(session);
  }
  session.close();
  return commands;
}

it('finds the commands of a zsh session with a right prompt, history, completion and pastes', async () => {
  const commands = await replay('zsh-5.9.json');
  expect(commands.filter(({ kind }) => kind === 'program').map(({ program, input }) => [program, input])).toEqual([
    ['python3', 'print(7)'],
    ['python3', 'exit()'],
  ]);
  expect(commands.filter(({ kind }) => kind === 'typed').map(({ input, output }) => [input, output])).toEqual([
    ['echo a', 'a\n'],
    ['printf foo', 'foo'],
    ['echo $((1\n+1))', '2\n'],
    ['cat <<X\nbody\nX', 'body\n'],
    ['read -s v', ''],
    ['echo x', 'x\n'],
    ['echo y', 'y\n'],
    ['echo z', 'z\n'],
    ['echo y', 'y\n'],
    ['echo y', 'y\n'],
    ['ls /usr', expect.stringContaining('games') as string],
    ['echo 1', ''],
    ['echo 2', '1\n2\n'],
    ['python3 -q', '7\n'],
    ['for i in 1 2; do\necho n$i\ndone', 'n1\nn2\n'],
    ['ls /usr/lib64', 'ld-linux-x86-64.so.2\n'],
    [`echo ${'word '.repeat(40)}end`, `${'word '.repeat(40)}end\n`],
    ['stty -echo', ''],
    ['echo quiet-words', 'quiet-words\n'],
    ['stty echo', ''],
    ['echo last', 'last\n'],
  ]);
});

it('finds the same commands when the emulator is released at every prompt', async () => {
  let releases = 0;
  const commands = await replay('zsh-5.9.json', (session) => {
    session.releaseIdle(0);
    if (!session.isHeld) releases += 1;
  });
  expect(releases).toBeGreaterThan(20);
  const withoutIds = (all: readonly ObservedCommand[]) => all.map(({ id: _, ...command }) => command);
  expect(withoutIds(commands)).toEqual(withoutIds(await replay('zsh-5.9.json')));
});
