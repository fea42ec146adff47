import { generateKeyPairSync } from 'node:crypto';
import { signAnchor } from '@sallyport/crypto';
import type { ObjectStore } from '@sallyport/object-store';
import { anS3 } from '@sallyport/testkit';
import { expect, it } from 'vitest';
import { AGateway } from '../../test/a-gateway.js';
import { recordersOfTests } from '../../test/a-recorder.js';
import { ASession } from '../../test/a-session.js';
import { AnchorStore } from '../anchors/anchor-store.js';
import { parseRecorderConfig } from '../config.js';
import { openStore } from '../open-store.js';

const aRecorder = recordersOfTests();

/** Notes which objects are put to be kept: a store with object lock locks these. */
function noting(store: ObjectStore, puts: { key: string; isKept: boolean }[]): ObjectStore {
  const note = (key: string, isKept = false): void =>
    void puts.push({ key: key.replace(/^.*\/(seg|part|manifest)/, '$1').replace(/-.*/, ''), isKept });
  const put: ObjectStore['put'] = (key, body, options) => {
    note(key, options?.isKept);
    return store.put(key, body, options);
  };
  const putFirst: ObjectStore['putFirst'] = (folder, objects, options) => {
    for (const { name } of objects) note(folder + name, options?.isKept);
    return store.putFirst(folder, objects, options);
  };
  const changed: Partial<ObjectStore> = { put, putFirst };
  return new Proxy(store, { get: (from, name) => (Reflect.get(changed, name) ?? Reflect.get(from, name)) as unknown });
}

it('parts, manifests and anchors are put to be kept; segments, which the close replaces, are not', async () => {
  const puts: { key: string; isKept: boolean }[] = [];
  const recorder = await aRecorder({ wrap: (store) => noting(store, puts) });
  const session = new ASession().shell().output('x');
  const gateway = new AGateway(recorder).open(session).batch(session);
  await gateway.until(session, { durable: session.lastSeq });
  await gateway.cut();
  await recorder.closing.close(session.id);
  const more = session.output('late').end();
  const later = new AGateway(recorder).open(more).batch(more, 4).close(more);
  await later.until(more, { closed: true });
  await later.end();
  const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const anchor = signAnchor({ number: 1, seq: 1n, hash: 'ab'.repeat(32), time: '2026-01-01T00:00:00Z', previous: null }, key);
  await new AnchorStore(recorder.store).put(1n, anchor);
  const kinds = (isKept: boolean) => [...new Set(puts.filter((put) => put.isKept === isKept).map(({ key: kind }) => kind))].sort();
  expect(kinds(false)).toEqual(['seg']);
  expect(kinds(true)).toEqual(['audit/anchors/00000000000000000001', 'manifest', 'manifest.json', 'part']);
});

it('a recorder with object lock does not start on a bucket without it, and says what to do', async () => {
  const { endpoint, bucket, region, accessKey, secretKey } = await anS3();
  const parsed = parseRecorderConfig({
    ...{ RPC_CA_FILE: '/ca', RPC_CERT_FILE: '/cert', RPC_KEY_FILE: '/key', RECORDER_SIGNING_KEY_FILE: '/sign' },
    ...{ RECORDER_STORE: 's3', RECORDER_S3_ENDPOINT: endpoint, RECORDER_S3_BUCKET: bucket, RECORDER_S3_REGION: region },
    ...{ RECORDER_S3_ACCESS_KEY: accessKey, RECORDER_S3_SECRET_KEY: secretKey, RECORDER_OBJECT_LOCK_DAYS: '1' },
  });
  if (!parsed.ok) throw new Error(parsed.problems.join());
  await expect(openStore(parsed.config)).rejects.toThrow(/object lock is set, but the bucket has none; create the bucket with object lock/);
  await openStore({ ...parsed.config, RECORDER_OBJECT_LOCK_DAYS: 0 });
});
