import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { crypto } from '../connection/loopback.suite.js';
import {
  makeKeyFolder,
  runProgram,
  sshOptions,
  startOpenSshServer,
  type Finished,
  type KeyFolder,
  type OpenSshServer,
} from '../connection/openssh.suite.js';
import { startGateway, type TestGateway } from '../relay/gateway.suite.js';
import type { RelayOptions } from '../relay/relay.js';
import { auditSftp } from './audit-tap.js';
import type { SftpEvent, SftpOperation } from './operation.js';
import { filterSftp, type SftpRefusal } from './sftp-filter.js';

let folder: KeyFolder;
let sshd: OpenSshServer;
let gateway: TestGateway;
let relayOptions: () => RelayOptions;
let events: SftpEvent[];
let there: string;
let run = 0;

beforeAll(async () => {
  folder = await makeKeyFolder();
  sshd = await startOpenSshServer(folder);
  gateway = await startGateway({
    target: { port: sshd.port, crypto, user: sshd.user, methods: [{ method: 'publickey', signer: folder.key }], verifyHostKey: () => true },
    authenticator: () => ({
      methods: () => ['publickey'],
      acceptsKey: () => true,
      decide: (attempt) => (attempt.method === 'publickey' ? { kind: 'success' } : { kind: 'failure', methods: ['publickey'] }),
    }),
    relay: () => relayOptions(),
  });
});
afterAll(async () => {
  await gateway.close();
  await sshd.close();
  folder.remove();
});
beforeEach(() => {
  events = [];
  run += 1;
  there = join(folder.path, `there-${run}`);
  mkdirSync(there);
});
afterEach(async () => {
  await Promise.all(gateway.relays.splice(0).map((relay) => relay.ended));
});

const sftp = (batch: readonly string[]): Promise<Finished> => {
  const options = sshOptions(folder, gateway.port).map((option) => (option === '-p' ? '-P' : option));
  return runProgram('sftp', ['-b', '-', ...options, 'x@127.0.0.1'], `${batch.join('\n')}\n`);
};

const short = (event: SftpEvent): string => {
  const last = (path: string): string => path.split('/').at(-1)!;
  if (event.kind === 'transfer') return `transfer ${last(event.path)} ${event.readBytes}/${event.writtenBytes}`;
  if (event.kind === 'untracked' || event.kind === 'malformed') return `${event.kind} ${event.reason}`;
  const { operation, outcome } = event;
  const paths = ['path' in operation ? last(operation.path) : '', 'newPath' in operation ? last(operation.newPath) : '']
    .filter(Boolean)
    .join(' ');
  return `${operation.kind} ${paths} ${outcome.status}${outcome.isFromFilter ? ' ours' : ''}`;
};

/** Returns all events but those of operations that only inspect files. */
const changes = (): string[] => events.filter((event) => event.kind !== 'operation' || event.operation.kind !== 'inspect').map(short);

const filtered = (decide: (operation: SftpOperation) => SftpRefusal | undefined) => (): RelayOptions => {
  const filter = filterSftp({ decide, onEvent: (event) => events.push(event), hashes: true }, () => gateway.relays.at(-1)!);
  return { filters: { input: filter.input, output: filter.output }, taps: [{ closed: () => filter.end() }] };
};

const audited = (): RelayOptions => ({ taps: [auditSftp({ onEvent: (event) => events.push(event), hashes: true })] });

describe.each([
  ['a tap', audited],
  ['a filter that allows everything', filtered(() => undefined)],
])('an SFTP session observed by %s', (_name, options) => {
  beforeEach(() => {
    relayOptions = options;
  });

  it('is reported operation by operation, with outcomes', async () => {
    const bytes = randomBytes(3_000_000);
    const local = join(folder.path, 'local');
    writeFileSync(local, bytes);
    const { status } = await sftp([
      `mkdir ${there}/folder`,
      `put ${local} ${there}/folder/file`,
      `rename ${there}/folder/file ${there}/folder/other`,
      `symlink ${there}/folder/other ${there}/folder/link`,
      `ln ${there}/folder/other ${there}/folder/hard`,
      `chmod 640 ${there}/folder/other`,
      `get ${there}/folder/other ${local}.back`,
      `rm ${there}/folder/link`,
      `rm ${there}/folder/hard`,
      `rm ${there}/folder/other`,
      `-rmdir ${there}`,
      `rmdir ${there}/folder`,
    ]);
    await Promise.all(gateway.relays.map((relay) => relay.ended));
    expect(status).toBe(0);
    expect(readFileSync(`${local}.back`).equals(bytes)).toBe(true);
    expect(changes()).toEqual([
      'mkdir folder 0',
      'open file 0',
      'transfer file 0/3000000',
      'rename file other 0',
      'symlink link 0',
      'hardlink other hard 0',
      'setstat other 0',
      'open other 0',
      'transfer other 3000000/0',
      'remove link 0',
      'remove hard 0',
      'remove other 0',
      `rmdir there-${run} 4`,
      'rmdir folder 0',
    ]);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const transfers = events.filter((event) => event.kind === 'transfer');
    expect(transfers.map(({ writtenSha256, readSha256, isClosed }) => [writtenSha256, readSha256, isClosed])).toEqual([
      [sha256, undefined, true],
      [undefined, sha256, true],
    ]);
  });

  it('reports a refusal of the server', async () => {
    await sftp([`-get ${there}/missing ${folder.path}/x`, `-rm ${there}/missing`]);
    await Promise.all(gateway.relays.map((relay) => relay.ended));
    expect(events.map(short)).toContain('remove missing 2');
  });
});

describe('a policy', () => {
  it('refuses uploads and removals and allows downloads', async () => {
    relayOptions = filtered((operation) => {
      const isChange = (operation.kind === 'open' && operation.writes) || !['open', 'list', 'inspect'].includes(operation.kind);
      return isChange ? { message: 'read only here' } : undefined;
    });
    writeFileSync(`${there}/kept`, 'content');
    const { stderr } = await sftp([
      `-put ${folder.keyFile} ${there}/new`,
      `-rm ${there}/kept`,
      `-mkdir ${there}/made`,
      `get ${there}/kept ${folder.path}/got`,
    ]);
    await Promise.all(gateway.relays.map((relay) => relay.ended));
    expect([existsSync(`${there}/new`), existsSync(`${there}/kept`), existsSync(`${there}/made`)]).toEqual([false, true, false]);
    expect(readFileSync(`${folder.path}/got`, 'utf8')).toBe('content');
    expect(stderr).toMatch(/read only here|Permission denied/);
    expect(changes()).toEqual(['open new 3 ours', 'remove kept 3 ours', 'mkdir made 3 ours', 'open kept 0', 'transfer kept 7/0']);
  });

  it('applies to scp too, which uses the same protocol', async () => {
    relayOptions = filtered((operation) => (operation.kind === 'open' && operation.writes ? { message: 'read only here' } : undefined));
    const options = sshOptions(folder, gateway.port).map((option) => (option === '-p' ? '-P' : option));
    const { status } = await runProgram('scp', [...options, folder.keyFile, `x@127.0.0.1:${there}/copied`]);
    expect(status).not.toBe(0);
    expect(existsSync(`${there}/copied`)).toBe(false);
  });
});
