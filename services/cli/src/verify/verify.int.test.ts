import { createHash, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { signSessionListEnd } from '@sallyport/crypto';
import { openS3Store } from '@sallyport/object-store';
import { encodeFrame, encodePayload, FrameKind, supersededManifestName } from '@sallyport/recording-format';
import { anS3, type TestS3, workFolder, type WorkFolder } from '@sallyport/testkit';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asBundle, aRecording, aSegment, type Files, linkOf, privateKeyPem, publicKeyPem, someFrames } from '../../test/a-recording.js';
import { type CliResult, sallyport } from '../../test/run-cli.js';

let folder: WorkFolder;
let key: string;
beforeEach(async () => {
  folder = await workFolder('verify');
  key = join(folder.path, 'public.pem');
  await writeFile(key, publicKeyPem);
});
afterEach(() => folder.remove());

const verify = (target: string, ...more: string[]): Promise<CliResult> => sallyport(['verify', target, '--public-key', key, ...more]);
const store = (): string => join(folder.path, 'store');

async function put(path: string, bytes: Buffer | string): Promise<void> {
  await mkdir(dirname(join(store(), path)), { recursive: true });
  await writeFile(join(store(), path), bytes);
}
async function putAll(sessionId: string, files: Files): Promise<void> {
  for (const [name, bytes] of files) await put(`sessions/${sessionId}/${name}`, bytes);
}
const flip = async (path: string, at: number): Promise<void> => {
  const bytes = await readFile(path);
  bytes[at]! ^= 1;
  await writeFile(path, bytes);
};

describe('sallyport verify FILE', () => {
  it('prints OK and exits 0; prints the problem and exits 1 after one flipped byte', async () => {
    const file = join(folder.path, 'replay.tar');
    await writeFile(file, await asBundle(aRecording()));
    expect(await verify(file)).toEqual({
      code: 0,
      err: '',
      out: expect.stringMatching(
        /^OK {5}.*replay\.tar\n.*session s-1.*\n {7}signed by key [0-9a-f]{64} of .*public\.pem\n1 proven, 0 open, 0 failed\n$/,
      ),
    });
    await flip(file, 3_000);
    expect(await verify(file)).toMatchObject({ code: 1, out: expect.stringMatching(/FAILED.*\n.*\n.*\n {7}- .*\n/) });
  });

  it('still proves a bundle of format version 1', async () => {
    const data = fileURLToPath(new URL('../../testdata/', import.meta.url));
    expect(await sallyport(['verify', join(data, 'v1.tar'), '--public-key', join(data, 'v1.public.pem')])).toMatchObject({
      code: 0,
      err: '',
    });
  });

  it.each([
    ['a file that is not there', () => ['/no/such', '--public-key', key], /"\/no\/such" can't be read: ENOENT/],
    ['a folder that is no store', () => [folder.path, '--public-key', key], /neither a folder store/],
    ['no key', () => ['/x'], /required option '--public-key/],
    ['a key that is not there', () => ['/x', '--public-key', '/no/key'], /"\/no\/key" is not an Ed25519 public key in PEM/],
    [
      's3 settings that are missing',
      () => ['s3://bucket', '--public-key', key],
      /needs --s3-endpoint or SALLYPORT_S3_ENDPOINT, --s3-access-key .*, --s3-secret-key-file/,
    ],
    [
      'a bucket without a name',
      () => ['s3://', '--public-key', key, '--s3-endpoint', 'http://x', '--s3-access-key', 'a', '--s3-secret-key-file', key],
      /lacks a bucket/,
    ],
  ])('exits 2 for %s and prints the reason', async (_, args, said) => {
    const { code, err } = await sallyport(['verify', ...args()]);
    expect([code, err]).toEqual([2, expect.stringMatching(said)]);
  });

  it('refuses a private key', async () => {
    await writeFile(key, privateKeyPem);
    expect(await verify('/x')).toMatchObject({ code: 2, err: expect.stringContaining('the private one should not be here') });
  });
});

describe('sallyport verify FOLDER', () => {
  it('proves every recording of a store, and names the one that is wrong', async () => {
    for (const id of ['s-1', 's-2', 's-3']) await putAll(id, aRecording({ sessionId: id }));
    expect(await verify(store())).toMatchObject({ code: 0, out: expect.stringContaining('3 proven, 0 open, 0 failed') });
    const [part] = (await readdir(join(store(), 'sessions/s-2'))).filter((name) => name.startsWith('part-'));
    await flip(join(store(), 'sessions/s-2', part!), 60);
    const { code, out } = await verify(store());
    expect([code, out]).toEqual([1, expect.stringMatching(/FAILED.*sessions\/s-2\/\n/)]);
    expect(out).toContain('2 proven, 0 open, 1 failed');
    expect(await verify(join(store(), 'sessions/s-1'))).toMatchObject({ code: 0 });
    expect(await verify(join(store(), 'sessions/s-2'))).toMatchObject({ code: 1 });
  });

  it('changes nothing in the store', async () => {
    await putAll('s-1', aRecording());
    await verify(store());
    expect(await readdir(store())).toEqual(['sessions']);
  });

  it.each([
    ['a recording under another session’s name', () => putAll('s-9', aRecording()), /was moved here/],
    [
      'a manifest that was removed',
      async () => {
        await putAll('s-1', aRecording());
        await rm(join(store(), 'sessions/s-1/manifest.json'));
      },
      /its session ended, and it has no manifest\.json/,
    ],
    [
      'a file that does not belong there',
      async () => {
        await putAll('s-1', aRecording());
        await put('sessions/s-1/notes.txt', 'x');
      },
      /"notes\.txt" does not belong to a recording/,
    ],
    [
      'a superseded manifest that is gone',
      () => putAll('s-1', aRecording({ change: (manifest) => ({ ...manifest, generation: 2, previous: 'ab'.repeat(32) }) })),
      /superseded manifest .* is missing/,
    ],
  ])('finds %s', async (_, spoil, said) => {
    await spoil();
    expect(await verify(store())).toMatchObject({ code: 1, out: expect.stringMatching(said) });
  });

  it('follows superseded manifests', async () => {
    const first = aRecording({ frames: someFrames('s-1').slice(0, 3), cutAfter: [] });
    const envelope = first.get('manifest.json')!;
    const previous = createHash('sha256').update(envelope).digest('hex');
    await putAll('s-1', aRecording({ change: (manifest) => ({ ...manifest, generation: 2, previous }) }));
    const kept = `sessions/s-1/${supersededManifestName(1, previous)}`;
    await put(kept, envelope);
    expect(await verify(store())).toMatchObject({ code: 0 });
    await flip(join(store(), kept), 200);
    expect(await verify(store())).toMatchObject({ code: 1, out: expect.stringContaining('is not the one that generation 2 names') });
  });

  it('reports a session that still runs as open, not as wrong', async () => {
    const [name, object] = aSegment('s-1', someFrames('s-1').slice(0, 2));
    await put(`sessions/s-1/${name}`, object);
    expect(await verify(store())).toMatchObject({ code: 0, out: expect.stringMatching(/OPEN.*\n.*not closed yet: 1 sealed object/) });
  });

  it('reports a session that still runs as open, also when it has printed so much that it has parts already', async () => {
    const [name, object] = aSegment('s-1', someFrames('s-1').slice(0, 3));
    await put(`sessions/s-1/${name.replace('seg-', 'part-')}`, object);
    const [newest, bytes] = aSegment('s-1', someFrames('s-1').slice(3, 4));
    await put(`sessions/s-1/${newest}`, bytes);
    expect(await verify(store())).toMatchObject({ code: 0, out: expect.stringMatching(/OPEN.*\n.*not closed yet: 2 sealed objects/) });
  });

  it('names a recording that has the end of its session and no manifest, whatever its objects are called', async () => {
    const [name, object] = aSegment('s-1', someFrames('s-1'));
    await put(`sessions/s-1/${name}`, object);
    expect(await verify(store())).toMatchObject({
      code: 1,
      out: expect.stringContaining('its session ended, and it has no manifest.json'),
    });
  });

  it('exits 2 if there is not a single recording', async () => {
    await mkdir(join(store(), 'sessions'), { recursive: true });
    expect(await verify(store())).toMatchObject({ code: 2, out: 'No recording was found.\n' });
  });
});

describe('sallyport verify FOLDER of a running session finds a segment', () => {
  const frames = someFrames('s-1');
  const named = (name: string): string => `sessions/s-1/${name}`;

  it.each<[string, () => Promise<void>, RegExp]>([
    [
      'that was rewritten',
      async () => {
        const [name, object] = aSegment('s-1', frames.slice(0, 2));
        object[40]! ^= 1;
        await put(named(name), object);
      },
      /its frames were changed after it was sealed/,
    ],
    ['without a seal', () => put(named(aSegment('s-1', frames)[0]), Buffer.concat(frames)), /no recorder sealed it/],
    [
      'of another session',
      async () => {
        const [name, object] = aSegment('s-2', frames.slice(0, 2));
        await put(named(name), object);
      },
      /its seal does not match/,
    ],
    [
      'under the name of other frames',
      async () => put(named(aSegment('s-1', frames.slice(0, 2))[0]), aSegment('s-1', frames.slice(2, 4))[1]),
      /it was renamed/,
    ],
    [
      'that another key sealed',
      async () => {
        const thief = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
        const [name, object] = aSegment('s-1', frames, thief);
        await put(named(name), object);
      },
      /sealed with key [0-9a-f]{64}, not with a given key/,
    ],
    [
      'behind the end of a closed recording',
      async () => {
        await putAll('s-1', aRecording());
        const more = encodeFrame({ seq: 6n, timeUs: 9000, channel: 1, kind: FrameKind.output }, Buffer.from('forged'));
        const [name, object] = aSegment('s-1', [Buffer.from(more)]);
        await put(named(name), object);
      },
      /1 objects contain frames behind the end of the closed recording/,
    ],
  ])('%s', async (_, attack, said) => {
    await attack();
    expect(await verify(store())).toMatchObject({ code: 1, out: expect.stringMatching(said) });
  });
});

describe('sallyport verify --against a list of sessions from core', () => {
  const auditKey = generateKeyPairSync('ed25519');
  const frames = (id: string): Buffer[] => someFrames(id);
  const listed = (id: string, changes: object = {}): object => ({
    ...{ session_id: id, state: 'finished', user: 'alice', asset: 'web-1', account: 'root' },
    ...{ date_start: '2026-01-31T12:00:00.000Z', date_end: '2026-01-31T12:30:00.000Z' },
    ...{ last_seq: 5, link: linkOf(id, frames(id)) },
    ...changes,
  });
  const lineOf = (session: object): string => `${JSON.stringify(session)}\n`;
  const endOf = (lines: readonly string[], signingKey = auditKey.privateKey): string =>
    signSessionListEnd(
      {
        ...{ orgId: 'o-1', sessions: lines.length, sha256: createHash('sha256').update(lines.join('')).digest('hex') },
        ...{ time: '2026-02-01T08:00:00.000Z', anchor: { number: 7, seq: '950', hash: 'ab'.repeat(32) } },
      },
      signingKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ).toString();
  const signed = (...sessions: object[]): string[] => {
    const lines = sessions.map(lineOf);
    return [...lines, endOf(lines)];
  };
  const againstText = async (text: string, ...more: string[]): Promise<CliResult> => {
    const [list, auditPem] = [join(folder.path, 'sessions.ndjson'), join(folder.path, 'audit.pub.pem')];
    await writeFile(list, text);
    await writeFile(auditPem, auditKey.publicKey.export({ type: 'spki', format: 'pem' }));
    return verify(store(), '--against', list, '--audit-key', auditPem, ...more);
  };
  const against = (...sessions: object[]): Promise<CliResult> => againstText(signed(...sessions).join(''));

  it('proves a store that has what core knows', async () => {
    await putAll('s-1', aRecording());
    await putAll('s-2', aRecording({ sessionId: 's-2', frames: frames('s-2').slice(0, 4) }));
    const lost = listed('s-2', { state: 'lost', last_seq: 3, link: linkOf('s-2', frames('s-2').slice(0, 3)) });
    const dialFailed = listed('s-3', { state: 'failed', last_seq: null, link: null });
    expect(await against(listed('s-1'), lost, dialFailed)).toMatchObject({ code: 0, out: expect.stringContaining('2 proven') });
  });

  it.each<[string, () => Promise<void>, object, RegExp]>([
    [
      'the whole newest session, removed',
      () => Promise.resolve(),
      {},
      /FAILED session s-2\n.*\n.*its recording is missing: core knows of 5 frames/,
    ],
    [
      'a recording that was cut and signed anew by a recorder',
      () => putAll('s-2', aRecording({ sessionId: 's-2', frames: frames('s-2').slice(0, 4) })),
      {},
      /it was shortened: core knows of 5 frames, it has 4/,
    ],
    [
      'a recording that was rewritten and signed anew by a recorder',
      async () => {
        const other = encodeFrame({ seq: 4n, timeUs: 3000, channel: 1, kind: FrameKind.output }, Buffer.from('z z z\r\n'));
        const all = frames('s-2');
        await putAll('s-2', aRecording({ sessionId: 's-2', frames: [...all.slice(0, 3), Buffer.from(other), ...all.slice(4)] }));
      },
      {},
      /the hash chain at frame 5 is another than core knows/,
    ],
    [
      'the beginning of a lost recording, rewritten and signed anew',
      async () => {
        const other = encodeFrame({ seq: 3n, timeUs: 2000, channel: 1, kind: FrameKind.output }, Buffer.from('$ id\r\n'));
        const all = frames('s-2');
        await putAll('s-2', aRecording({ sessionId: 's-2', frames: [...all.slice(0, 2), Buffer.from(other), all[3]!] }));
      },
      { state: 'lost', last_seq: 3, link: linkOf('s-2', someFrames('s-2').slice(0, 3)) },
      /the hash chain at frame 3 is another than core knows/,
    ],
    [
      'a recording that is open though its session ended',
      async () => {
        const [name, object] = aSegment('s-2', frames('s-2'));
        await put(`sessions/s-2/${name}`, object);
      },
      {},
      /its session ended at .*, and it is not closed/,
    ],
    [
      'the newest segment of a running session, removed',
      async () => {
        const [name, object] = aSegment('s-2', frames('s-2').slice(0, 3));
        await put(`sessions/s-2/${name}`, object);
      },
      { state: 'active', date_end: null },
      /it was shortened: core knows of 5 frames, it has 3/,
    ],
  ])('names %s', async (_, attack, changes, said) => {
    await putAll('s-1', aRecording());
    await attack();
    expect(await against(listed('s-1'), listed('s-2', changes))).toMatchObject({ code: 1, out: expect.stringMatching(said) });
  });

  it.each<[string, object, RegExp]>([
    ['was edited', { input: 'ls' }, /command row c-1 was changed: it says "ls", frame 5 says "rm -rf \/data"/],
    ['was made up', { id: 'c-9', seq: 3 }, /command row c-9 is not in the recording: frame 3 is another/],
    ['names a frame that is not there', { id: 'c-9', seq: 99 }, /command row c-9 names frame 99, which the recording lacks/],
  ])('names a row of the command log that %s', async (_, changes, said) => {
    const row = { id: 'c-1', session: 's-1', seq: 5, input: 'rm -rf /data', output: 'done' };
    const { id, input, output } = row;
    const fact = { id, kind: 'typed', input, output, risk_level: 'accept', started_us: 1, ended_us: 2 } as const;
    const command = encodeFrame({ seq: 5n, timeUs: 4000, channel: 1, kind: FrameKind.command }, encodePayload(FrameKind.command, fact));
    await putAll('s-1', aRecording({ frames: [...frames('s-1').slice(0, 4), Buffer.from(command)] }));
    const rows = join(folder.path, 'rows.ndjson');
    await writeFile(rows, JSON.stringify({ results: [row] }));
    expect(await verify(store(), '--commands', rows)).toMatchObject({ code: 0 });
    await writeFile(rows, `${JSON.stringify({ ...row, ...changes })}\n`);
    expect(await verify(store(), '--commands', rows)).toMatchObject({ code: 1, out: expect.stringMatching(said) });
  });

  it('names a row of the command log whose frame can not be read', async () => {
    const frame = encodeFrame({ seq: 5n, timeUs: 4000, channel: 1, kind: FrameKind.command }, Buffer.from('{}'));
    await putAll('s-1', aRecording({ frames: [...frames('s-1').slice(0, 4), Buffer.from(frame)] }));
    const rows = join(folder.path, 'rows.ndjson');
    await writeFile(rows, JSON.stringify({ id: 'c-1', session: 's-1', seq: 5, input: 'id', output: '' }));
    const said = expect.stringContaining('command row c-1 is not in the recording: frame 5 is another');
    expect(await verify(store(), '--commands', rows)).toMatchObject({ code: 1, out: said });
  });

  it('exits 2 for a list that is none, and names the line', async () => {
    await putAll('s-1', aRecording());
    expect(await against(listed('s-1'), { session_id: 's-2' })).toMatchObject({ code: 2, err: expect.stringContaining('in line 2') });
  });

  it('says which list it compared with: its time, its anchor and the key that signed it', async () => {
    await putAll('s-1', aRecording());
    const { code, out } = await against(listed('s-1'));
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(
        /^compared with 1 sessions of organization o-1 that core knew at 2026-02-01T08:00:00.000Z, after anchor 7 \(event 950\) of its audit chain\n {7}signed by key [0-9a-f]{64} of .*audit\.pub\.pem\n/,
      ),
    ]);
  });

  it('notes a recording whose session the list lacks', async () => {
    await putAll('s-1', aRecording());
    await putAll('s-9', aRecording({ sessionId: 's-9' }));
    expect((await against(listed('s-1'))).out).toMatch(/s-9.*\n.*\n.*\n {7}\(its session is not in the list:/);
  });

  const three = () => signed(listed('s-1'), listed('s-2'), listed('s-3'));
  it.each<[string, () => string[], RegExp]>([
    ['whose end was cut off', () => three().slice(0, 3), /is incomplete: its last line, which core signs, is missing/],
    ['that was cut within a line', () => [three().join('').slice(0, 700)], /in line \d/],
    ['without a single line', () => [''], /is incomplete/],
    ['with a line removed', () => three().toSpliced(1, 1), /core listed 3 sessions, it has 2: lines were removed/],
    ['with the newest session removed', () => three().toSpliced(2, 1), /core listed 3 sessions, it has 2: lines were removed/],
    ['with a line added', () => three().toSpliced(1, 0, lineOf(listed('s-4'))), /core listed 3 sessions, it has 4: lines were added/],
    ['with a line twice', () => three().toSpliced(0, 2, three()[0]!, three()[0]!), /were changed or put in another order/],
    ['with lines in another order', () => three().toSpliced(0, 2, three()[1]!, three()[0]!), /were changed or put in another order/],
    [
      'with a changed line',
      () => three().toSpliced(1, 1, lineOf(listed('s-2', { last_seq: 3, link: null }))),
      /were changed or put in another order/,
    ],
    ['with lines behind its end', () => [...three(), lineOf(listed('s-4'))], /line 5 stands behind the end of the list/],
    ['with a second end', () => [...three(), endOf([])], /line 5 stands behind the end of the list/],
    [
      'that was shortened and signed with another key',
      () => {
        const lines = three().slice(0, 2);
        return [...lines, endOf(lines, generateKeyPairSync('ed25519').privateKey)];
      },
      /was signed with key [0-9a-f]{64}, not with the given key/,
    ],
    [
      'whose end was changed',
      () => {
        const lines = three();
        const end = JSON.parse(lines[3]!) as { payload: string };
        const payload = JSON.stringify({ ...(JSON.parse(Buffer.from(end.payload, 'base64').toString()) as object), sessions: 2 });
        return [...lines.slice(0, 2), lineOf({ ...end, payload: Buffer.from(payload).toString('base64') })];
      },
      /signature does not match/,
    ],
  ])('refuses a list %s', async (_, attack, said) => {
    for (const id of ['s-1', 's-2', 's-3']) await putAll(id, aRecording({ sessionId: id, frames: frames(id) }));
    expect(await againstText(three().join(''))).toMatchObject({ code: 0 });
    const text = attack().join('');
    expect(await againstText(text)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(said) });
  });

  it('compares with a list without an end if --incomplete-list is given, and warns first and last', async () => {
    await putAll('s-1', aRecording());
    const { code, out } = await againstText(lineOf(listed('s-1')), '--incomplete-list');
    expect(code).toBe(0);
    const lines = out.trimEnd().split('\n');
    for (const line of [lines[0], lines.at(-1)])
      expect(line).toMatch(/^WARNING the list of sessions proves nothing about sessions that it lacks: .*its last line.*is missing/);
    const missing = await againstText(lineOf(listed('s-2')), '--incomplete-list');
    expect(missing).toMatchObject({ code: 1, out: expect.stringContaining('its recording is missing') });
  });

  it('is refused without the key of the audit chain, and with the recorders’ key for it', async () => {
    await putAll('s-1', aRecording());
    const list = join(folder.path, 'sessions.ndjson');
    await writeFile(list, signed(listed('s-1')).join(''));
    expect(await verify(store(), '--against', list)).toMatchObject({ code: 2, err: expect.stringContaining('--audit-key') });
    const lines = [lineOf(listed('s-1'))];
    const forged = [...lines, endOf(lines, createPrivateKey(privateKeyPem))];
    expect(await againstText(forged.join(''))).toMatchObject({ code: 2, err: expect.stringContaining('not with the given key') });
  });
});

describe('sallyport verify s3://BUCKET', () => {
  let s3: TestS3;
  beforeAll(async () => {
    s3 = await anS3();
    const bucket = openS3Store(s3);
    for (const id of ['s-1', 's-2'])
      for (const [name, bytes] of aRecording({ sessionId: id })) await bucket.put(`sessions/${id}/${name}`, bytes);
  });

  const env = (): Record<string, string> => ({
    SALLYPORT_S3_ENDPOINT: s3.endpoint,
    SALLYPORT_S3_REGION: s3.region,
    SALLYPORT_S3_ACCESS_KEY: s3.accessKey,
    SALLYPORT_S3_SECRET_KEY: s3.secretKey,
  });

  it('proves a bucket, or one recording of it', async () => {
    const all = await sallyport(['verify', `s3://${s3.bucket}`, '--public-key', key], env());
    expect(all).toMatchObject({ code: 0, err: '', out: expect.stringContaining('2 proven, 0 open, 0 failed') });
    const one = await sallyport(['verify', `s3://${s3.bucket}/sessions/s-2`, '--public-key', key], env());
    expect(one).toMatchObject({ code: 0, out: expect.stringContaining('1 proven') });
  });

  it('reads keys from options and files', async () => {
    const secret = join(folder.path, 'secret');
    await writeFile(secret, `${s3.secretKey}\n`);
    const options = ['--s3-endpoint', s3.endpoint, '--s3-access-key', s3.accessKey, '--s3-secret-key-file', secret];
    expect(await verify(`s3://${s3.bucket}`, ...options)).toMatchObject({ code: 0 });
  });

  it('finds a flipped byte', async () => {
    const bucket = openS3Store(s3);
    const [name, bytes] = [...aRecording({ sessionId: 's-3' })].at(-1)!;
    for (const [file, content] of aRecording({ sessionId: 's-3' })) await bucket.put(`sessions/s-3/${file}`, content);
    const bad = Buffer.from(bytes);
    bad[70]! ^= 1;
    await bucket.put(`sessions/s-3/${name}`, bad);
    expect(await sallyport(['verify', `s3://${s3.bucket}`, '--public-key', key], env())).toMatchObject({
      code: 1,
      out: expect.stringContaining('1 failed'),
    });
  });

  it('exits 2 for a wrong secret, a missing bucket and a prefix without recordings, and shows no secret', async () => {
    const wrong = await sallyport(['verify', `s3://${s3.bucket}`, '--public-key', key], { ...env(), SALLYPORT_S3_SECRET_KEY: 'hunter2' });
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringMatching(/secret key|access key/)]);
    expect(wrong.err + wrong.out).not.toContain('hunter2');
    expect(await sallyport(['verify', 's3://no-such-bucket', '--public-key', key], env())).toMatchObject({
      code: 2,
      err: expect.stringContaining('bucket'),
    });
    expect(await sallyport(['verify', `s3://${s3.bucket}/other`, '--public-key', key], env())).toMatchObject({
      code: 2,
      err: expect.stringContaining('sessions/'),
    });
  });
});
