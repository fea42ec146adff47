import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { anchorHash, anchorName, ANCHORS_PREFIX, CHAIN_START_HASH, signAnchor } from '@sallyport/crypto';
import { workFolder, type WorkFolder } from '@sallyport/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sallyport, type CliResult } from '../../../test/run-cli.js';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const signingKey = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

let folder: WorkFolder;
let lines: string[];
let anchors: { name: string; envelope: Buffer; number: number }[];

/** Returns the lines of an export with events 1 to `count`. Their texts have characters that a reader of lines could stumble over. */
function someEvents(count: number): string[] {
  const events: string[] = [];
  for (let seq = 1; seq <= count; seq++) {
    const before = events.at(-1);
    const rest = ['id', 'org', 'user.signed-in', 'success', 'user', null, `zoë\u2028${seq}`, null, null, null, null, [], 'r'];
    events.push(JSON.stringify([String(seq), before ? sha256(before) : CHAIN_START_HASH, ...rest, `2026-03-01T12:00:0${seq}.000Z`]));
  }
  return events;
}

function anchorsOf(seqs: readonly number[]): typeof anchors {
  const made: typeof anchors = [];
  for (const [index, seq] of seqs.entries()) {
    const before = made.at(-1);
    const anchor = { number: index + 1, seq: BigInt(seq), hash: sha256(lines[seq - 1] ?? ''), time: `2026-03-01T12:0${index}:00.000Z` };
    const envelope = signAnchor({ ...anchor, previous: before ? anchorHash(before.envelope) : null }, signingKey);
    made.push({ name: anchorName(anchor.number, anchorHash(envelope)), envelope, number: anchor.number });
  }
  return made;
}

beforeEach(async () => {
  folder = await workFolder('verify-audit');
  lines = someEvents(6);
  anchors = anchorsOf([2, 4]);
});
afterEach(() => folder.remove());

/** Writes export, anchors and key, and runs the command. */
async function verify(sources: readonly string[] = ['store'], end: string | undefined = JSON.stringify({ end: '6' })): Promise<CliResult> {
  const into = join(folder.path, 'store', ANCHORS_PREFIX);
  await rm(into, { recursive: true, force: true });
  await mkdir(into, { recursive: true });
  for (const { name, envelope } of anchors) await writeFile(join(into, name), envelope);
  await writeFile(join(folder.path, 'export'), [...lines, ...(end === undefined ? [] : [end])].map((line) => `${line}\n`).join(''));
  await writeFile(join(folder.path, 'key.pem'), publicKey.export({ type: 'spki', format: 'pem' }));
  const from = sources.flatMap((source) => ['--anchors', join(folder.path, source)]);
  return sallyport(['verify', 'audit', join(folder.path, 'export'), ...from, '--public-key', join(folder.path, 'key.pem')]);
}

describe('sallyport verify audit', () => {
  it('says up to which event and time the export is proven, and by which key', async () => {
    const { code, out, err } = await verify();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^OK {5}.*export\n {7}6 events, from 2026-03-01T12:00:01.000Z to 2026-03-01T12:00:06.000Z\n/);
    expect(out).toMatch(/proven up to event 4 by anchor 2 of 2026-03-01T12:01:00.000Z, signed by key [0-9a-f]{64} of .*key\.pem\n/);
    expect(out).toContain('(2 events came after the newest anchor');
  });

  it('proves events of other organizations by their hashes alone', async () => {
    const [first = '', second = ''] = lines;
    lines[1] = JSON.stringify({ withheld: { seq: '2', prev_hash: sha256(first), hash: sha256(second) } });
    expect(await verify()).toMatchObject({ code: 0, out: expect.stringContaining('5 events') });
  });

  it.each([
    ['a removed event', () => lines.splice(2, 1), 'event 3 is missing'],
    ['two events that changed places', () => lines.splice(2, 2, lines[3]!, lines[2]!), 'event 3 stands behind event 4'],
    ['a rewritten event', () => lines.splice(1, 1, lines[1]!.replace('zoë', 'eve')), 'was rewritten'],
    ['newest events that were cut off', () => lines.splice(3), 'event 4 that anchor 2 of 2026-03-01T12:01:00.000Z names is missing'],
    ['a line that is not an event', () => lines.splice(2, 1, 'nonsense'), 'line 3 is not an audit event'],
    ['a removed anchor', () => anchors.shift(), 'anchor 1 is missing'],
  ])('exits 1 and names %s', async (_, attack, text) => {
    attack();
    expect(await verify()).toMatchObject({ code: 1, out: expect.stringContaining(text) });
  });

  it('exits 1 for a download that broke off', async () => {
    expect(await verify(['store'], '')).toMatchObject({ code: 1, out: expect.stringContaining('the export is incomplete') });
  });

  it('finds in core’s log the newest anchor that was deleted from the store', async () => {
    const log = anchors.map(({ envelope, number }) => JSON.stringify({ kind: 'audit-anchor', number, audit_anchor: envelope.toString() }));
    await writeFile(join(folder.path, 'core.log'), `{"msg":"other"}\nMar 1 12:00 host core: ${log.join('\nMar 1 12:01 host core: ')}\n`);
    anchors.pop();
    lines = lines.slice(0, 3);
    const end = JSON.stringify({ end: '3' });
    expect(await verify(['store'], end)).toMatchObject({ code: 0 });
    for (const sources of [['core.log'], ['store', 'core.log']])
      expect(await verify(sources, end)).toMatchObject({ code: 1, out: expect.stringContaining('event 4 that anchor 2') });
  });

  it('exits 2 if there is nothing to check with', async () => {
    anchors = [];
    expect(await verify()).toMatchObject({ code: 2, err: expect.stringContaining('no anchor of the audit chain was found') });
    expect(await verify(['nowhere'])).toMatchObject({ code: 2, err: expect.stringContaining('ENOENT') });
  });
});
