import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MANIFEST_NAME, recordingFolder } from '@sallyport/recording-format';
import { describe, expect, it } from 'vitest';
import { AGateway } from '../../test/a-gateway.js';
import { type ARecorder, recordersOfTests } from '../../test/a-recorder.js';
import { ASession } from '../../test/a-session.js';
import { manifestOf, namesOf } from '../../test/stored.js';

const recorderWith = recordersOfTests();

const pathOf = (recorder: ARecorder, session: ASession, name: string): string =>
  join(recorder.directory, recordingFolder(session.id), name);

/** Records a session whose frames are stored, and returns its gateway before the close. */
async function running(session: ASession): Promise<{ recorder: ARecorder; gateway: AGateway }> {
  const recorder = await recorderWith();
  const gateway = new AGateway(recorder).open(session).batch(session, 1, 3);
  await gateway.until(session, { durable: 3n });
  gateway.batch(session, 4);
  await gateway.until(session, { durable: session.lastSeq });
  return { recorder, gateway };
}

const aSession = (): ASession => new ASession().shell().output('rm -rf /data\r\n').output('done\r\n').end();

describe('a thief of the bucket, just before a gateway closes its session,', () => {
  it('that puts something else in place of the manifest: the gateway gets an error and the recorder goes on', async () => {
    const session = aSession();
    const { recorder, gateway } = await running(session);
    await writeFile(pathOf(recorder, session, MANIFEST_NAME), 'not a manifest');
    gateway.close(session);
    await gateway.until(session, { code: 'RECORDING_DAMAGED' });
    expect(recorder.altered).toMatchObject([
      { sessionId: session.id, knownSeq: session.lastSeq, why: expect.stringContaining('manifest.json') },
    ]);
    const other = aSession();
    gateway.open(other).batch(other).close(other);
    await gateway.until(other, { closed: true });
    await gateway.end();
  });

  it('that removes the newest stored frames: the close is an error, and it is in the audit log', async () => {
    const session = aSession();
    const { recorder, gateway } = await running(session);
    const last = (await namesOf(recorder.store, session.id)).at(-1)!;
    await rm(pathOf(recorder, session, last));
    gateway.close(session);
    await gateway.until(session, { code: 'RECORDING_DAMAGED' });
    await gateway.end();
    expect(await manifestOf(recorder.store, session.id)).toMatchObject({ state: 'lost', last_seq: 3 });
    expect(recorder.altered).toMatchObject([{ sessionId: session.id, knownSeq: session.lastSeq, foundSeq: 3n }]);
  });

  it('that removes all stored frames: the close is an error, and it is in the audit log', async () => {
    const session = aSession();
    const { recorder, gateway } = await running(session);
    for (const name of await namesOf(recorder.store, session.id)) await rm(pathOf(recorder, session, name));
    gateway.close(session);
    await gateway.until(session, { code: 'RECORDING_DAMAGED' });
    await gateway.end();
    expect(recorder.altered).toMatchObject([{ sessionId: session.id, knownSeq: session.lastSeq, foundSeq: 0n }]);
  });
});
