import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FrameKind } from '@sallyport/recording-format';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anExec, sha } from './a-tapped-channel.suite.js';
import { WatchedTransfers } from './files/openssh-transfers.suite.js';

let transfers: WatchedTransfers;
let channels: (ReturnType<typeof anExec> & { command: string; input: Buffer[]; output: Buffer[] })[];

function start(pieceBytes: number): string {
  channels = [];
  transfers = new WatchedTransfers((command) => {
    const channel = { ...anExec(command), command, input: [] as Buffer[], output: [] as Buffer[] };
    channels.push(channel);
    return {
      input: (data) => {
        channel.input.push(Buffer.from(data));
        channel.tap.input(data);
      },
      output: (data) => {
        channel.output.push(Buffer.from(data));
        channel.tap.output(data, 'stdout');
      },
      close: (exitStatus) => void channel.tap.close(exitStatus === undefined ? {} : { exit_status: exitStatus }),
    };
  }, pieceBytes);
  return transfers.folder;
}
afterEach(() => transfers.close());

const files = (): unknown[] => channels.flatMap(({ recording }) => recording.facts(FrameKind.file));
const frames = () => channels.flatMap(({ recording }) => recording.frames);
const git = (folder: string, ...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();

describe.each([
  ['as they come', 0],
  ['in pieces of 3 bytes', 3],
])('git, bytes %s', (_name, pieceBytes) => {
  let folder: string;
  let bare: string;
  let work: string;
  beforeEach(() => {
    folder = start(pieceBytes);
    [bare, work] = [join(folder, 'bare repo.git'), join(folder, 'work')];
    mkdirSync(work);
    git(folder, 'init', '-q', '--bare', '-b', 'main', bare);
    git(work, 'init', '-q', '-b', 'main');
    writeFileSync(join(work, 'f'), randomBytes(40_000));
    git(work, 'add', 'f');
    git(work, 'commit', '-qm', 'one');
  });

  it('is recorded as a push with the refs that it changed and the output of its hooks', async () => {
    writeFileSync(join(bare, 'hooks/update'), '#!/bin/sh\necho "hook sees $1"\necho to-stderr >&2\ncase $1 in */no) exit 1;; esac\n');
    chmodSync(join(bare, 'hooks/update'), 0o755);
    const to = git(work, 'rev-parse', 'HEAD');
    expect(await transfers.run('git', ['-C', work, 'push', '-q', `h:${bare}`, 'main', 'main:refs/heads/no'])).not.toBe(0);
    const none = '0'.repeat(40);
    expect(files()).toMatchObject([
      { protocol: 'git', op: 'push', path: bare, ok: true },
      { protocol: 'git', op: 'create-ref', path: `${bare} refs/heads/main ${none}..${to}`, ok: true },
      { protocol: 'git', op: 'create-ref', path: `${bare} refs/heads/no ${none}..${to}`, ok: false, error: 'hook declined' },
    ]);
    expect((files()[0] as { bytes: number }).bytes).toBe(Buffer.concat(channels[0]?.input ?? []).length);
    expect(channels[0]?.recording.text(1, FrameKind.stderr)).toContain('hook sees refs/heads/main\nto-stderr\nhook sees refs/heads/no\n');
    expect(channels[0]?.recording.facts(FrameKind.command)).toMatchObject([
      { output: expect.stringContaining('hook sees refs/heads/no') as string },
    ]);
  });

  it('is recorded as update and delete of refs, and as fetches of either protocol version, without content', async () => {
    const from = git(work, 'rev-parse', 'HEAD');
    git(work, 'push', '-q', bare, 'main', 'main:gone');
    git(work, 'commit', '-qm', 'two', '--allow-empty');
    const to = git(work, 'rev-parse', 'HEAD');
    expect(await transfers.run('git', ['-C', work, 'push', '-q', `h:${bare}`, 'main', ':gone'])).toBe(0);
    expect(await transfers.run('git', ['clone', '-q', `h:${bare}`, 'copy'])).toBe(0);
    expect(await transfers.run('git', ['-c', 'protocol.version=0', 'clone', '-q', `h:${bare}`, 'copy0'])).toBe(0);
    expect(readFileSync(join(folder, 'copy0/f'))).toEqual(readFileSync(join(work, 'f')));
    const names = files().map((fact) => fact as { op: string; path: string });
    expect(
      names
        .slice(0, 3)
        .map(({ op, path }) => `${op} ${path}`)
        .sort(),
    ).toEqual([
      `delete-ref ${bare} refs/heads/gone ${from}..${'0'.repeat(40)}`,
      `push ${bare}`,
      `update-ref ${bare} refs/heads/main ${from}..${to}`,
    ]);
    expect(files().slice(3)).toMatchObject([
      { op: 'fetch', path: bare, ok: true },
      { op: 'fetch', path: bare, ok: true },
    ]);
    expect((files()[4] as { bytes: number }).bytes).toBeGreaterThan(40_000);
    expect(frames().filter(({ kind }) => kind === FrameKind.output)).toEqual([]);
    expect(channels.flatMap(({ warnings }) => warnings)).toEqual([]);
  });
});

describe.each([
  ['as they come', 0],
  ['byte by byte', 1],
])('rsync, bytes %s', (_name, pieceBytes) => {
  it('is recorded once for each direction with bytes and hash of its stream, without content', async () => {
    const folder = start(pieceBytes);
    writeFileSync(join(folder, 'a'), randomBytes(30_000));
    expect(await transfers.run('rsync', ['-a', 'a', `h:${folder}/up`])).toBe(0);
    expect(await transfers.run('rsync', ['-a', '--secluded-args', `h:${folder}/up`, 'down'])).toBe(0);
    expect(readFileSync(join(folder, 'down'))).toEqual(readFileSync(join(folder, 'a')));
    const [up, down] = [Buffer.concat(channels[0]?.input ?? []), Buffer.concat(channels[1]?.output ?? [])];
    expect(files()).toMatchObject([
      { protocol: 'rsync', op: 'upload', path: `${folder}/up`, bytes: up.length, sha256: sha(up), ok: true },
      { protocol: 'rsync', op: 'download', path: `${folder}/up`, bytes: down.length, sha256: sha(down), ok: true },
    ]);
    expect(frames().filter(({ kind }) => kind === FrameKind.output)).toEqual([]);
    expect(channels[0]?.recording.facts(FrameKind.gap)).toMatchObject([{ stream: 'output', why: 'bulk' }]);
    expect(channels.flatMap(({ warnings }) => warnings)).toEqual([]);
  });

  it('is recorded as failed when it fails', async () => {
    const folder = start(pieceBytes);
    await transfers.run('rsync', ['-a', `h:${folder}/none`, 'x']);
    expect(files()).toMatchObject([{ op: 'download', path: `${folder}/none`, ok: false, error: 'exit status 23' }]);
  });
});
