import { randomBytes } from 'node:crypto';
import { FrameKind, type CommandFact } from '@sallyport/recording-format';
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

it('input piped to any program is recorded whole, and a row of the log has its length and hash if it is not text', async () => {
  const data = randomBytes(3_000_000);
  await runSsh({ ...g.alice(), command: 'cat >/dev/null', input: data });
  const recording = await closed();
  expect(sha(recording.raw(1, FrameKind.input))).toBe(sha(data));
  expect(recording.facts(FrameKind.gap)).toEqual([]);
  expect(pipedRows(recording)).toContainEqual(
    expect.objectContaining({
      certainty: 'missed',
      input: expect.stringContaining(`all 3000000 bytes of the input, SHA-256 ${sha(data)}`),
    }),
  );
});

it('input beyond the limit is a gap with its hash, and a row of the log has its length', async () => {
  const data = randomBytes(9_000_000);
  await runSsh({ ...g.alice(), command: 'cat >/dev/null', input: data });
  const recording = await closed();
  const limit = 8 * 1024 * 1024;
  expect(sha(recording.raw(1, FrameKind.input))).toBe(sha(data.subarray(0, limit)));
  expect(recording.facts(FrameKind.gap)).toEqual([
    { bytes: data.length - limit, sha256: sha(data.subarray(limit)), why: 'size-limit', stream: 'input' },
  ]);
  expect(pipedRows(recording).at(-1)?.input).toContain(`only the hash of the other ${data.length - limit}`);
});

const touch = (mark: string): string => `touch ${g.folder.path}/${mark}`;
const system = (mark: string): string => `os.system("${touch(mark)}")`;

/** Ways to have input run, each with the program and its input. */
const evasions: [string, string, (mark: string) => string][] = [
  ['sed s/../../e', "sed 's/.*/&/e'", touch],
  ['sed e', 'sed -n e', touch],
  ['make -f -', 'make -f -', (mark) => `all:\n\t${touch(mark)}`],
  ['m4 syscmd', 'm4', (mark) => `syscmd(\`${touch(mark)}')`],
  ['awk -f -', 'awk -f -', (mark) => `BEGIN{system("${touch(mark)}")}`],
  ['perl -ne qx', "perl -ne 'qx{$_}'", touch],
  ['python -c code.interact', "python3 -c 'import code;code.interact()'", (mark) => `import os;${system(mark)}`],
  ['ssh-agent sh', 'ssh-agent sh', touch],
  ['setarch -R sh', 'setarch -R sh', touch],
  ['ld.so', '/lib64/ld-linux-x86-64.so.2 /bin/sh', touch],
  ['env -S sh', 'env -S sh', touch],
  ['split --filter', 'split -n r/1 --filter=sh', touch],
  ['cat > f; sh f', 'cat > f.sh; sh f.sh', touch],
  ['install /dev/stdin', 'install -m 755 /dev/stdin ./g.sh; ./g.sh', (mark) => `#!/bin/sh\n${touch(mark)}`],
  ['dd of=', 'dd of=h.sh status=none; . ./h.sh', touch],
  ['find -exec via fifo', 'mkfifo p$$; cat > p$$ & sh p$$', touch],
  ['echo sudo -S; sh', 'echo sudo -S; sh', touch],
  ['an Ansible mark before python', 'python3 -', (mark) => `# _ANSIBALLZ_WRAPPER = True\nimport os\n${system(mark)}\n${'#'.repeat(1100)}`],
  ['10,001 empty lines before bash -s', 'bash -s', (mark) => '\n'.repeat(10_001) + touch(mark)],
  ['1 MiB of comments before bash -s', 'bash -s', (mark) => `# ${'x'.repeat(1000)}\n`.repeat(1050) + touch(mark)],
];

it.each(evasions)(
  '%s hides no command of its input: it is in the recording’s bytes and in a row of the log',
  async (name, program, make) => {
    const mark = `mark-${name.replace(/\W/g, '')}`;
    await runSsh({ ...g.alice(), command: `cd ${g.folder.path}; ${program}`, input: Buffer.from(`${make(mark)}\n`) });
    const recording = await closed();
    expect(recording.raw(1, FrameKind.input).includes(mark)).toBe(true);
    expect(pipedRows(recording).filter(({ input }) => input.includes(mark))).not.toEqual([]);
  },
);

async function closed() {
  const recording = g.recordings.last;
  await vi.waitFor(() => expect(recording.isClosed).toBe(true), 5_000);
  return recording;
}

const pipedRows = (recording: Awaited<ReturnType<typeof closed>>) =>
  recording.facts(FrameKind.command).flatMap((fact) => ((fact as CommandFact).kind === 'piped' ? [fact as CommandFact] : []));
