import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commandRecorded, eventRegistry, type Codec } from './events.js';

/** An event as a version of its publisher wrote it. Entries are never changed or removed: streams and dead letters keep such bytes. */
interface StoredEvent {
  readonly subject: string;
  readonly version: string;
  readonly bytes: string;
  /** Content of the bytes. A number of 64 bits ends in "n"; bytes begin with "hex:". */
  readonly message: Readonly<Record<string, unknown>>;
}

const stored = JSON.parse(readFileSync(new URL('../testdata/events.json', import.meta.url), 'utf8')) as StoredEvent[];

const codecOf = (subject: string): Codec<unknown> => eventRegistry.find((event) => event.subject === subject)!.codec as Codec<unknown>;

/** Returns a decoded message as the file has it. */
const shown = (message: unknown): unknown =>
  JSON.parse(
    JSON.stringify(message, (_, value: unknown) => {
      if (typeof value === 'bigint') return `${value}n`;
      const { type, data } = (value ?? {}) as { type?: string; data?: number[] };
      return type === 'Buffer' ? `hex:${Buffer.from(data ?? []).toString('hex')}` : value;
    }),
  );

describe('an event that an earlier version published', () => {
  it.each(stored)('$subject, $version: is read as it was written', ({ subject, bytes, message }) => {
    expect(shown(codecOf(subject).decode(Buffer.from(bytes, 'base64')))).toMatchObject(message);
  });

  it('is stored here for every type', () => {
    expect(new Set(stored.map(({ subject }) => subject))).toEqual(new Set(eventRegistry.map(({ subject }) => subject)));
  });
});

it('an event of a later version, with a field and a kind that are new, is read without them', () => {
  const { bytes, message } = stored[0]!;
  const unknownField = Buffer.from([0xf2, 0x3f, 3, 1, 2, 3]); // field 1022, three bytes
  const unknownKind = Buffer.from([0x58, 0x7f]); // field 11 once more, which counts
  const read = commandRecorded.codec.decode(Buffer.concat([Buffer.from(bytes, 'base64'), unknownField, unknownKind]));
  expect(shown(read)).toMatchObject({ ...message, kind: 127 });
});
