import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import type { OwnAssetView } from '@sallyport/contracts';
import { workFolder, type WorkFolder } from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sallyport } from '../../test/run-cli.js';

const id = (n: number): string => `0190b3c4-0000-7000-8000-0000000000${String(n).padStart(2, '0')}`;
const anAsset = (n: number, name: string, ...accounts: string[]): OwnAssetView => ({
  id: id(n),
  name,
  address: '10.0.0.1',
  port: 22,
  comment: '',
  accounts: accounts.map((username, at) => ({ id: id(50 + at), username })),
});
const ASSETS = [
  anAsset(1, 'web-1', 'root'),
  anAsset(2, 'web-2', 'root', 'CORP\\svc', 'svc@corp.local'),
  anAsset(3, 'web 1', 'root'),
  anAsset(4, '数据库-上海-01', 'root'),
  anAsset(5, 'says "hi" [1:9] {{ x }}', 'root'),
  anAsset(6, '*', 'root'),
  anAsset(7, 'WEB-1', 'root'),
  anAsset(8, 'old', "o'brien", '{{ lookup }}', 'a b'),
];

let api: Server;
let folder: WorkFolder;
let url: string;
const asked: string[] = [];
let reachable: readonly OwnAssetView[] = ASSETS;
beforeAll(async () => {
  folder = await workFolder('reach');
  await writeFile(`${folder.path}/password`, 'wonderland\n');
  api = createServer((request, response) => {
    const { method, url: path = '', headers } = request;
    asked.push(`${method} ${path}`);
    const answer = (status: number, body: unknown) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (method === 'DELETE') return answer(204, undefined);
    if (method === 'POST') return answer(201, { token: 'the-token' });
    if (headers.authorization !== 'Bearer the-token') return answer(401, { error: { code: 'NOT_SIGNED_IN', message: 'Sign in first' } });
    if (path === '/api/v1/users/profile') return answer(200, { username: 'alice' });
    const offset = Number(new URL(path, 'http://x').searchParams.get('offset'));
    return answer(200, { count: reachable.length, next: null, previous: null, results: reachable.slice(offset, offset + 3) });
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
});
afterAll(async () => {
  api.close();
  await folder.remove();
});

const withToken = () => ({ SALLYPORT_URL: url, SALLYPORT_TOKEN: 'the-token' });

/** Returns what OpenSSH's client makes of a host in this configuration. */
async function seenBySsh(file: string, host: string): Promise<Record<string, string>> {
  const { stdout } = await promisify(execFile)('ssh', ['-G', '-F', file, host], {
    env: { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8' },
  });
  return Object.fromEntries(stdout.split('\n').map((line) => [line.split(' ', 1)[0] ?? '', line.slice(line.indexOf(' ') + 1)] as const));
}

/** The login name of each alias. */
const LOGINS = {
  'web-1': 'alice@root@web-1',
  'web-2.root': 'alice@root@web-2',
  'web-2.CORP-svc': 'alice@CORP\\svc@web-2',
  'web-2.svc-corp.local': 'alice@svc@corp.local@web-2',
  'web-1-000003': `alice@root@${id(3)}`,
  '数据库-上海-01': 'alice@root@数据库-上海-01',
  'says-hi-1-9-x': `alice@root@${id(5)}`,
  [id(6)]: `alice@root@${id(6)}`,
  'WEB-1-000007': 'alice@root@WEB-1',
};

describe('sallyport ssh-config', () => {
  it('prints what OpenSSH reads, for names with spaces, quotes, patterns and of any script', async () => {
    const { code, out, err } = await sallyport(['ssh-config', '--gateway', 'gw.example.com:2022'], withToken());
    expect([code, err.split('\n').filter(Boolean).length], err).toEqual([0, 3]);
    await writeFile(`${folder.path}/config`, out);
    for (const [alias, user] of Object.entries(LOGINS))
      expect(await seenBySsh(`${folder.path}/config`, alias), alias).toMatchObject({ user, hostname: 'gw.example.com', port: '2022' });
    expect(await seenBySsh(`${folder.path}/config`, 'web-1.root')).toMatchObject({ user: 'alice@root@web-1' });
    expect(await seenBySsh(`${folder.path}/config`, 'elsewhere')).toMatchObject({ hostname: 'elsewhere', port: '22' });
  });

  it('signs in by password, from a file alone, and out again', async () => {
    asked.length = 0;
    const { code, out } = await sallyport(['ssh-config', '--url', url, '--user', 'alice', '--password-file', `${folder.path}/password`]);
    expect(code).toBe(0);
    expect(out).toContain('HostName 127.0.0.1\n  Port 2222\n  User alice@root@web-1');
    expect([asked[0], asked.at(-1)]).toEqual(['POST /api/v1/authentication/auth', 'DELETE /api/v1/authentication/auth']);
  });

  it.each([
    ['without a sign-in', {}, /Set SALLYPORT_TOKEN/],
    ['with a token that is not valid', { SALLYPORT_TOKEN: 'wrong' }, /refused GET users\/profile: Sign in first/],
    ['over a network in clear', { SALLYPORT_TOKEN: 'x', SALLYPORT_URL: 'http://192.0.2.1' }, /use https/],
    ['of a URL where nothing answers', { SALLYPORT_TOKEN: 'x', SALLYPORT_URL: 'http://127.0.0.1:9' }, /can't be reached/],
  ])('%s prints nothing but the reason', async (_, env, reason) => {
    expect(await sallyport(['ssh-config'], { SALLYPORT_URL: url, ...env })).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(reason),
    });
  });

  it('refuses a gateway that is not an address', async () => {
    expect(await sallyport(['ssh-config', '--gateway', 'a b'], withToken())).toMatchObject({ code: 2, out: '' });
  });
});

it.each(['ssh-config', 'ansible-inventory'])('sallyport %s says on stderr that there is nothing to reach', async (command) => {
  reachable = [];
  const { code, err } = await sallyport([command], withToken()).finally(() => (reachable = ASSETS));
  expect([code, err]).toEqual([0, 'sallyport: alice may reach no asset now\n']);
});

describe('sallyport ansible-inventory', () => {
  it('names the login as an option of ssh, and no ansible_user', async () => {
    const { code, out } = await sallyport(['ansible-inventory', '--gateway', '[2001:db8::1]:2022'], withToken());
    expect(code).toBe(0);
    const { hosts } = (JSON.parse(out) as { all: { hosts: Record<string, Record<string, unknown>> } }).all;
    expect(Object.keys(hosts).sort()).toEqual(Object.keys(LOGINS).sort());
    expect(hosts['web-1']).toEqual({
      ansible_host: '2001:db8::1',
      ansible_port: 2022,
      ansible_ssh_common_args: '-o User=alice@root@web-1',
    });
    expect(hosts['数据库-上海-01']?.['ansible_ssh_common_args']).toBe("-o 'User=alice@root@数据库-上海-01'");
    expect(out).not.toContain('{{');
  });
});
