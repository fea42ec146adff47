import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createPublicKey } from 'node:crypto';
import { keyIdOf, verifyDsse } from '@sallyport/crypto';
import { readObject } from '@sallyport/object-store';
import { recordingFolder } from '@sallyport/recording-format';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ARecorder, aRecorder } from '../../test/a-recorder.js';
import { ASession } from '../../test/a-session.js';
import { readAll } from '../../test/stored.js';

const SALLYPORT = fileURLToPath(new URL('../../../cli/dist/main.js', import.meta.url));

function aKey() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    signing: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    verifying: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}
const idOf = (key: { verifying: string }): string => keyIdOf(createPublicKey(key.verifying));
const [old, current, foreign] = [aKey(), aKey(), aKey()];

let before: ARecorder;
let after: ARecorder;
let session: ASession;
beforeEach(async () => {
  before = await aRecorder({ keys: { signing: old.signing, former: [] } });
  after = await aRecorder({ directory: before.directory, keys: { signing: current.signing, former: [old.verifying] } });
  session = new ASession().shell().output('one').output('two').end();
  await put(1, session.frames.length - 1);
});
afterEach(() => before.remove());

async function put(from: number, to: number): Promise<void> {
  const { name, object } = session.segment(before.manifests.seals, from, to);
  await before.store.put(recordingFolder(session.id) + name, object);
}
const signer = async (): Promise<string> =>
  verifyDsse(await readObject(before.store, `${recordingFolder(session.id)}manifest.json`), [old.verifying, current.verifying]).keyId;

async function verify(...files: string[][]) {
  const named = await Promise.all(
    files.map(async (keys, at) => {
      const file = join(before.directory, `../keys-${at}.pem`);
      await writeFile(file, keys.join(''));
      return file;
    }),
  );
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [SALLYPORT, 'verify', before.directory, ...named.flatMap((file) => ['--public-key', file])],
    { encoding: 'utf8' },
  );
  return { status, out: stdout + stderr };
}

describe('after the signing key was rotated', () => {
  it('recordings of the former key are still served, and later ones are signed by the new key', async () => {
    await before.closing.close(session.id);
    expect(await signer()).toBe(idOf(old));
    expect((await readAll(after, session.id)).equals(session.bytes(1, session.frames.length - 1))).toBe(true);
    await put(session.frames.length, session.frames.length);
    expect(await after.closing.close(session.id)).toMatchObject({ generation: 2, state: 'closed' });
    expect(await signer()).toBe(idOf(current));
    expect(await verify([old.verifying], [current.verifying])).toMatchObject({ status: 0 });
  });

  it('a recorder without the former key names the key that it lacks', async () => {
    await before.closing.close(session.id);
    const unaware = await aRecorder({ directory: before.directory, keys: { signing: current.signing, former: [] } });
    await expect(readAll(unaware, session.id)).rejects.toMatchObject({
      code: 'RECORDING_DAMAGED',
      message: expect.stringContaining(`signed with key ${idOf(old)}, not with the given key ${idOf(current)}`),
    });
  });

  it('`sallyport verify` accepts both keys, in two files or one, and names the key that signed', async () => {
    await before.closing.close(session.id);
    for (const files of [[[current.verifying], [old.verifying]], [[current.verifying, old.verifying]]]) {
      const { status, out } = await verify(...files);
      expect([status, out]).toEqual([
        0,
        expect.stringMatching(new RegExp(`signed by key ${idOf(old)} of .*keys-${files.length - 1}\\.pem`)),
      ]);
    }
  });

  it('`sallyport verify` refuses a key that it was not given, by its id', async () => {
    await before.closing.close(session.id);
    expect(await verify([current.verifying], [foreign.verifying])).toMatchObject({
      status: 1,
      out: expect.stringContaining(`signed with key ${idOf(old)}, not with the given keys ${idOf(current)}, ${idOf(foreign)}`),
    });
    expect((await verify([current.verifying, foreign.verifying])).out).not.toContain('signed by key');
  });

  it('`sallyport verify` accepts no private key, even behind a public one', async () => {
    expect(await verify([current.verifying, old.signing])).toMatchObject({
      status: 2,
      out: expect.stringContaining('it is a private key'),
    });
  });
});
