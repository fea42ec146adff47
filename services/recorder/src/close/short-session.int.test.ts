import { openS3Store, type ObjectStore } from '@sallyport/object-store';
import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import { anS3 } from '@sallyport/testkit';
import { describe, expect, it } from 'vitest';
import { AGateway } from '../../test/a-gateway.js';
import { type ARecorder, recordersOfTests } from '../../test/a-recorder.js';
import { ASession } from '../../test/a-session.js';
import { countingProxy } from '../../test/counting-proxy.js';
import { manifestOf, readAll } from '../../test/stored.js';
import { closeEndedSession } from './close-ended-session.js';

const recorderWith = recordersOfTests();

const aShortSession = (): ASession => new ASession().shell().command('ls').output('a b\r\n').end();

/** Records a session to its end, and hands the event of the end to the recorder. */
async function recordAndEnd(recorder: ARecorder, session: ASession): Promise<void> {
  const gateway = new AGateway(recorder).open(session).batch(session).close(session);
  await gateway.until(session, { closed: true, durable: session.lastSeq, published: session.lastSeq });
  await gateway.end();
  const [lastSeq, link] = [session.lastSeq, session.link()];
  await closeEndedSession(recorder, {
    sessionId: session.id,
    orgId: 'org',
    reason: EndReason.FINISHED,
    endedAt: new Date(),
    lastSeq,
    link,
  });
  expect(recorder.altered).toEqual([]);
}

async function expectWhole(recorder: ARecorder, session: ASession): Promise<void> {
  const manifest = await manifestOf(recorder.store, session.id);
  expect(manifest).toMatchObject({ state: 'closed', generation: 1, last_seq: 5, channels: [{ channel: 1, kind: 'shell' }] });
  expect(manifest!.parts.map(({ chain }) => chain)).toEqual([session.link().toString('hex')]);
  expect((await readAll(recorder, session.id)).equals(session.bytes())).toBe(true);
}

/** Notes the calls of a store. */
const noting = (store: ObjectStore, calls: string[]): ObjectStore =>
  new Proxy(store, {
    get: (from, name) => {
      const found: unknown = Reflect.get(from, name);
      if (typeof found !== 'function') return found;
      return (...values: unknown[]): unknown => {
        calls.push(String(name));
        return (found as (...values: unknown[]) => unknown).apply(from, values);
      };
    },
  });

describe('a short session, from its first frame to the event of its end,', () => {
  it('costs one call of the store', async () => {
    const calls: string[] = [];
    const recorder = await recorderWith({ wrap: (store) => noting(store, calls) });
    const session = aShortSession();
    await recordAndEnd(recorder, session);
    expect(calls).toEqual(['putFirst']);
    await expectWhole(recorder, session);
  });

  it('costs three requests on S3: its part, its manifest, and a look for the work of another recorder', async () => {
    const s3 = await anS3();
    const proxy = await countingProxy(s3.endpoint);
    const recorder = await recorderWith({ wrap: () => openS3Store({ ...s3, endpoint: proxy.endpoint }) });
    const session = aShortSession();
    await recordAndEnd(recorder, session);
    expect(proxy.requests).toEqual(['GET folder', 'PUT part', 'PUT manifest']);
    await expectWhole(recorder, session);
    proxy.stop();
  });

  it('of which core knows another end is read again and reported', async () => {
    const recorder = await recorderWith();
    const session = aShortSession();
    await recordAndEnd(recorder, session);
    const event = { sessionId: session.id, orgId: 'org', reason: EndReason.FINISHED, endedAt: new Date() };
    await closeEndedSession(recorder, { ...event, lastSeq: session.lastSeq, link: Buffer.alloc(32, 9) });
    expect(recorder.altered).toMatchObject([{ sessionId: session.id, why: expect.stringContaining('their hash chain is another') }]);
  });
});
