import { createHash, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { anchorHash, anchorName, signAnchor } from './audit-anchor.js';
import { AuditChainCheck, CHAIN_START_HASH, type AnchorFile, type ChainRow } from './audit-chain-check.js';

const pair = () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    public: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
};
const ours = pair();
const thief = pair();

/** Returns a chain of events; their contents are texts. */
function chainOf(texts: readonly string[]): ChainRow[] {
  const rows: ChainRow[] = [];
  for (const [index, text] of texts.entries()) {
    const prevHash = rows.at(-1)?.hash ?? CHAIN_START_HASH;
    const hash = createHash('sha256').update(`${prevHash} ${text}`).digest('hex');
    rows.push({ seq: BigInt(index + 1), prevHash, hash, ownHash: hash });
  }
  return rows;
}
const words = (count: number): string[] => Array.from({ length: count }, (_, index) => `event ${index + 1}`);
const time = (number: number): string => `2026-03-01T12:0${number}:00.000Z`;

/** Returns anchors of the events with these numbers. */
function anchorsOf(rows: readonly ChainRow[], seqs: readonly number[], key = ours.pem): AnchorFile[] {
  const files: AnchorFile[] = [];
  for (const [index, seq] of seqs.entries()) {
    const before = files.at(-1);
    const previous = before ? anchorHash(before.envelope) : null;
    const anchor = { number: index + 1, seq: BigInt(seq), hash: rows[seq - 1]!.hash, time: time(index + 1), previous };
    const envelope = signAnchor(anchor, key);
    files.push({ name: anchorName(anchor.number, anchorHash(envelope)), envelope });
  }
  return files;
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

type Rest = Partial<Pick<ConstructorParameters<typeof AuditChainCheck>[0], 'remembered' | 'known' | 'fromAnchor'>>;
async function check(rows: readonly ChainRow[], anchors: readonly AnchorFile[], rest: Rest = {}) {
  const source = (after: bigint) => {
    const left = rows.filter(({ seq }) => seq > after);
    return { next: async () => left.shift() };
  };
  const chain = new AuditChainCheck({ publicKeys: [ours.public], rows: source, ...rest });
  const texts: string[] = [];
  for await (const { text } of chain.withAnchors(each(anchors))) texts.push(text);
  for await (const { text } of chain.rest()) texts.push(text);
  return { texts, proven: chain.proven?.seq, last: chain.last.seq };
}

const rows = chainOf(words(10));
const anchors = anchorsOf(rows, [3, 6, 8]);
/** The chain with another event in the middle, and every hash behind it made anew. */
const rehashed = chainOf(words(10).map((text, index) => (index === 4 ? 'forged' : text)));

describe('an audit chain with anchors', () => {
  it('is proven up to the newest anchor, and read to its end', async () => {
    expect(await check(rows, anchors)).toEqual({ texts: [], proven: 8n, last: 10n });
  });

  it('starts at an anchor where that is asked for', async () => {
    expect(await check(rows.slice(5), anchors.slice(1), { fromAnchor: 2 })).toEqual({ texts: [], proven: 8n, last: 10n });
  });

  it.each([
    ['the newest events cut off', rows.slice(0, 5), /^event 6 that anchor 2 of .*12:02.* names is missing$/],
    ['an event rewritten and all behind it hashed anew', rehashed, /^one of the events 4 to 6 was rewritten: anchor 2 of .*12:02/],
    ['an event removed', rows.filter(({ seq }) => seq !== 5n), /^event 5 is missing$/],
    ['a run of events removed', rows.filter(({ seq }) => seq < 4n || seq > 6n), /^events 4 to 6 that anchor 2/],
    ['everything removed', [], /^events 1 to 3 that anchor 1/],
    ['an older state', rows.slice(0, 3), /^events 4 to 6 that anchor 2/],
    ['two events that changed places', [...rows.slice(0, 3), rows[4]!, rows[3]!, ...rows.slice(5)], /^event 4 is missing$/],
  ])('shows %s', async (_, changed, text) => {
    expect((await check(changed, anchors)).texts[0]).toMatch(text);
  });

  it('names the one event that was rewritten where an anchor stands before it', async () => {
    const texts = (await check(rehashed, anchorsOf(rows, [4, 5]))).texts;
    expect(texts).toEqual([expect.stringMatching(/^event 5 was rewritten: anchor 2 of/)]);
  });

  it('reports a rewrite once, though every later anchor differs too', async () => {
    expect((await check(rehashed, anchors)).texts).toHaveLength(1);
  });
});

describe('the anchors themselves', () => {
  it.each([
    ['signed with another key', anchorsOf(rehashed, [3, 6, 8], thief.pem), /^anchor 1 is signed with an unknown key/],
    ['one removed in the middle', [anchors[0]!, anchors[2]!], /^anchor 2 is missing$/],
    ['the first ones removed', anchors.slice(2), /^anchors 1 to 2 are missing$/],
    ['moved to another name', [{ ...anchors[0]!, name: anchors[1]!.name }], /has the content of anchor 1/],
    ['a strange object', [{ name: 'notes.txt', envelope: Buffer.from('x') }], /^"notes.txt" lies among the anchors/],
    ['an anchor of another chain', [anchors[0]!, anchorsOf(rehashed, [2, 6])[1]!], /^anchor 2 of .* does not follow on the anchor before/],
    ['two of one number', [anchors[0]!, anchorsOf(rows, [2])[0]!], /^there are two anchors with the number 1$/],
    [
      'bytes changed',
      [{ ...anchors[0]!, envelope: Buffer.from(anchors[0]!.envelope.toString().replace('"sig":"', '"sig":"A')) }],
      /not valid/,
    ],
  ])('show %s', async (_, files, text) => {
    expect((await check(rows, files)).texts).toContainEqual(expect.stringMatching(text));
  });

  it('that another place names have to be there: the newest one deleted, an older set put back', async () => {
    const known = [{ number: 3, sha256: anchorHash(anchors[2]!.envelope), source: 'the database' }];
    expect((await check(rows, anchors, { known })).texts).toEqual([]);
    expect((await check(rows, anchors.slice(0, 2), { known })).texts).toEqual(['anchor 3 is missing, though the database names anchor 3']);
    expect((await check(rows, [], { known })).texts).toEqual(['anchors 1 to 3 are missing, though the database names anchor 3']);
    const other = [{ ...known[0]!, sha256: '00'.repeat(32) }];
    expect((await check(rows, anchors, { known: other })).texts).toEqual([
      'anchor 3 is not the one that the database names: it was replaced',
    ]);
  });

  it('that go back to an older event show that events were cut off between them', async () => {
    expect((await check(rows.slice(0, 6), anchorsOf(rows, [3, 8, 6]))).texts).toEqual([
      expect.stringMatching(/^events 7 to 8 that anchor 2 .* are missing$/),
      expect.stringMatching(/^anchor 3 of .* goes back to event 6/),
    ]);
  });
});

describe('events that a running process remembers', () => {
  const place = (seq: number) => ({ seq: BigInt(seq), hash: rows[seq - 1]!.hash });

  it('are found missing and rewritten behind the newest anchor', async () => {
    expect((await check(rows, anchors, { remembered: [place(10)] })).texts).toEqual([]);
    expect((await check(rows.slice(0, 8), anchors, { remembered: [place(9), place(10)] })).texts).toEqual([
      'events 9 to 10 that this process wrote are missing',
    ]);
    const newest = chainOf([...words(8), 'forged', 'event 10']);
    expect((await check(newest, anchors, { remembered: [place(10)] })).texts).toEqual([
      expect.stringMatching(/^event 10 is not the one that this process wrote/),
    ]);
  });
});
