import { createHash, randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOST, RelaySetup } from './relay/relay-setup.ts';
import { startRelay } from './relay/start-relay.ts';
import { freePort } from './free-port.ts';
import { runProgram } from './run-program.ts';

let setup: RelaySetup;
let folder: string;

beforeAll(async () => {
  setup = await RelaySetup.create();
  folder = await mkdtemp(join(tmpdir(), 'conformance-relay-'));
  await chmod(folder, 0o777);
});
afterAll(async () => {
  await setup.close();
  await rm(folder, { recursive: true, force: true });
});

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('a command through the relay behaves as without it:', () => {
  it.each<[string, string, Buffer | string]>([
    ['its exit status and both outputs', 'echo out; echo err >&2; exit 7', ''],
    ['the signal that killed it', 'kill -9 $$', ''],
    ['input up to EOF', 'cat; echo end', 'input\n'],
    ['input that the command does not read', 'true', Buffer.alloc(1_000_000)],
    ['output that is closed early', 'exec >&-; sleep 0.2; exit 3', ''],
    ['input that is closed early', 'exec <&-; sleep 0.2; echo still here', Buffer.alloc(500_000)],
    ['a program in the background', 'sleep 0.5 >/dev/null 2>&1 & echo done', ''],
    ['bytes that are not text', 'head -c 100000 /dev/zero | tr "\\0" "\\377"', ''],
  ])('%s', async (_name, command, input) => {
    const [direct, relay] = [await setup.ssh('direct', [HOST, command], { input }), await setup.ssh('relay', [HOST, command], { input })];
    expect({ ...relay, stdout: sha256(relay.stdout) }).toEqual({ ...direct, stdout: sha256(direct.stdout) });
  });

  it('20 MB of stderr to a slow reader, then the exit status', async () => {
    const child = setup.start([HOST, 'head -c 20000000 /dev/zero >&2; exit 9']);
    let size = 0;
    child.stdout!.resume();
    child.stderr!.on('data', (bytes: Buffer) => {
      size += bytes.length;
      child.stderr!.pause();
      setTimeout(() => child.stderr!.resume(), 1);
    });
    const status = await new Promise((resolve) => child.once('close', resolve));
    expect({ status, size }).toEqual({ status: 9, size: 20_000_000 });
  });

  it('stdout and stderr, each complete and in order', async () => {
    const command = 'i=0; while [ $i -lt 2000 ]; do echo out $i; echo err $i >&2; i=$((i+1)); done';
    const { stdout, stderr } = await setup.ssh('relay', [HOST, command]);
    const lines = (word: string): string => Array.from({ length: 2000 }, (_, index) => `${word} ${index}\n`).join('');
    expect([stdout.toString(), stderr]).toEqual([lines('out'), lines('err')]);
  });

  it('100 MB in both directions at once', async () => {
    const input = randomBytes(100_000_000);
    const { status, stdout } = await setup.ssh('relay', [HOST, 'cat'], { input, timeoutMs: 100_000 });
    expect({ status, sha256: sha256(stdout) }).toEqual({ status: 0, sha256: sha256(input) });
  }, 120_000);

  it('an unknown subsystem, which is refused with a message', async () => {
    const [direct, relay] = [
      await setup.ssh('direct', ['-s', HOST, 'no-such-thing']),
      await setup.ssh('relay', ['-s', HOST, 'no-such-thing']),
    ];
    expect([relay.status, relay.stderr]).toEqual([direct.status, direct.stderr]);
    expect(relay.stderr).toContain('subsystem request failed');
  });

  it('environment variables of the client', async () => {
    const { stdout } = await setup.ssh('relay', ['-o', 'SendEnv=LC_SALLY', HOST, 'echo $LC_SALLY'], { env: { LC_SALLY: 'port' } });
    const direct = await setup.ssh('direct', ['-o', 'SendEnv=LC_SALLY', HOST, 'echo $LC_SALLY'], { env: { LC_SALLY: 'port' } });
    expect(stdout.toString()).toBe(direct.stdout.toString());
  });

  it.each([
    ['sftp', ['-q']],
    ['the old scp protocol', ['-q', '-O']],
  ])('scp in both directions over %s, with exit status 0', async (_name, flags) => {
    const [here, there, back] = [join(folder, 'here'), join(setup.home, 'there'), join(folder, 'back')];
    const bytes = randomBytes(5_000_000);
    await writeFile(here, bytes);
    const put = await runProgram('scp', [...flags, ...setup.options('relay'), here, `${HOST}:${there}`]);
    const get = await runProgram('scp', [...flags, ...setup.options('relay'), `${HOST}:${there}`, back]);
    expect([put.status, get.status, (await readFile(back)).equals(bytes)]).toEqual([0, 0, true]);
  });

  it('several commands on one connection (ControlMaster), each with its own exit status and bytes', async () => {
    const control = join(folder, 'control');
    const master = setup.start(['-M', '-S', control, '-N', HOST]);
    await expect.poll(() => spawnSync('ssh', ['-S', control, '-O', 'check', HOST]).status, { timeout: 15_000 }).toBe(0);
    const numbers = [1, 2, 3, 4, 5, 6];
    const runs = await Promise.all(
      numbers.map((number) =>
        runProgram('ssh', ['-S', control, HOST, `sleep 0.1; cat; exit ${number}`], { input: Buffer.alloc(500_000, String(number)) }),
      ),
    );
    expect(runs.map(({ status, stdout }) => [status, sha256(stdout)])).toEqual(
      numbers.map((number) => [number, sha256(Buffer.alloc(500_000, String(number)))]),
    );
    master.kill();
  });
});

describe('an asset that is connected late', () => {
  it.each<[string, Buffer]>([
    ['a megabyte', randomBytes(1_000_000)],
    ['a first byte of 3', Buffer.from([3, 0, 255, 3])],
    ['nothing', Buffer.alloc(0)],
  ])('receives %s that was sent before, and EOF', async (_name, input) => {
    const late = await startRelay({ asset: setup.asset, dialDelayMs: 700 });
    const { stdout, status } = await runProgram('ssh', [...setup.options('relay', late), HOST, 'cat; exit 4'], { input });
    await late.close();
    expect({ status, sha256: sha256(stdout) }).toEqual({ status: 4, sha256: sha256(input) });
  });

  it('a first byte of 3 in a random upload does not end it', async () => {
    for (const size of [1, 10, 70_000]) {
      const input = Buffer.concat([Buffer.of(3), randomBytes(size)]);
      const { stdout } = await setup.ssh('relay', [HOST, 'cat'], { input });
      expect(sha256(stdout)).toBe(sha256(input));
    }
  });
});

describe('an asset that is down', () => {
  it('ends the command with exit status 255 and a message', async () => {
    const dead = await startRelay({ asset: { ...setup.asset, port: await freePort() } });
    const { status, stderr } = await runProgram('ssh', [...setup.options('relay', dead), HOST, 'true']);
    await dead.close();
    expect([status, stderr]).toEqual([255, expect.stringContaining('cannot be reached')]);
  });
});

describe('a terminal through the relay', () => {
  /** Runs ssh in a terminal of script, whose modes ssh sends to the server. */
  const onTerminal = async (way: 'direct' | 'relay', settings: string, command: string): Promise<string> => {
    const line = `stty ${settings}; ssh ${setup.options(way).join(' ')} -tt ${HOST} '${command}'`;
    const { stdout } = await runProgram('script', ['-qec', line, '/dev/null'], {
      keepsInputOpen: true,
      env: { TERM: 'xterm-256color', SHELL: '/bin/sh' },
    });
    return stdout.toString();
  };

  it("has the modes, size and type of the client's terminal, and shows no other output", async () => {
    const settings = 'rows 33 cols 101 erase ^H kill ^X intr ^K -ixon -echoe ocrnl';
    const command = 'stty -a; echo TERM=$TERM; tty >/dev/null && echo a terminal';
    const relay = await onTerminal('relay', settings, command);
    expect(relay).toContain('erase = ^H; kill = ^X');
    expect(relay).toContain('rows 33; columns 101');
    expect(relay).toContain('-ixon');
    expect(relay).toBe(await onTerminal('direct', settings, command));
  });

  it("is resized with the client's terminal", async () => {
    const begun = join(folder, 'begun');
    const resize = `(until [ -e ${begun} ]; do sleep 0.1; done; stty rows 40 cols 120 </dev/tty) &`;
    const command = `stty size; touch ${begun}; until [ "$(stty size)" = "40 120" ]; do sleep 0.1; done; stty size`;
    const line = `${resize} ssh ${setup.options('relay').join(' ')} -tt ${HOST} '${command}'`;
    const { stdout } = await runProgram('script', ['-qec', `stty rows 20 cols 80; ${line}`, '/dev/null'], {
      keepsInputOpen: true,
      env: { SHELL: '/bin/sh' },
    });
    expect(stdout.toString().match(/\d+ \d+/g)).toEqual(['20 80', '40 120']);
  });
});

describe('an idle connection', () => {
  it('stays open while the client sends keepalives', async () => {
    const { status, stdout } = await setup.ssh('relay', [
      '-o',
      'ServerAliveInterval=1',
      '-o',
      'ServerAliveCountMax=2',
      HOST,
      'sleep 4; echo alive',
    ]);
    expect([status, stdout.toString()]).toEqual([0, 'alive\n']);
  });
});

describe('host keys', () => {
  it("the client learns all of the gateway's and none of the asset's", async () => {
    const known = join(folder, 'known');
    const connectOnce = () =>
      runProgram('ssh', ['-o', 'UpdateHostKeys=yes', ...setup.options('relay', { knownHosts: known }), HOST, 'sleep 0.5']);
    await connectOnce();
    await connectOnce();
    const learned = (await readFile(known, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[1])
      .sort();
    expect(learned).toEqual(['ecdsa-sha2-nistp256', 'ssh-ed25519', 'ssh-rsa']);
    const asset = spawnSync('ssh-keyscan', ['-p', String(setup.sshd.port), HOST]).stdout.toString();
    const assetKeys = [...asset.matchAll(/AAAA\S+/g)].map(([key]) => key);
    expect(assetKeys.length).toBeGreaterThan(0);
    for (const key of assetKeys) expect(await readFile(known, 'utf8')).not.toContain(key);
  });
});
