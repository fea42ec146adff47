import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listAll, type ObjectStore, readObject } from './object-store.js';
import { ObjectKeyInvalid, ObjectNotFound } from './store.errors.js';

const MIB = 1024 * 1024;

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source) pieces.push(piece);
  return Buffer.concat(pieces);
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Tests the behaviour of every driver that keeps data. `start` returns an empty store. */
export function objectStoreConformance(name: string, start: () => Promise<{ store: ObjectStore; stop(): Promise<void> }>): void {
  describe(`the ${name} object store`, () => {
    let store: ObjectStore;
    let stop = async (): Promise<void> => {};
    beforeAll(async () => {
      ({ store, stop } = await start());
    });
    afterAll(() => stop());

    it('is usable', async () => {
      await store.check();
      expect(store.keepsData).toBe(true);
    });

    it.each([0, 1, 100_000])('returns an object of %i bytes as it was stored', async (size) => {
      const bytes = randomBytes(size);
      expect(await store.put(`size/${size}`, bytes)).toBe(size);
      expect((await readObject(store, `size/${size}`)).equals(bytes)).toBe(true);
      expect(await store.head(`size/${size}`)).toMatchObject({ key: `size/${size}`, bytes: size });
    });

    it('takes a stream of unknown length, small or of several parts', async () => {
      for (const size of [0, 5, 20 * MIB + 3]) {
        const bytes = randomBytes(size);
        expect(await store.put(`stream/${size}`, inPieces(bytes, 300_000))).toBe(size);
        expect(sha256(await readObject(store, `stream/${size}`))).toBe(sha256(bytes));
      }
    });

    it('leaves nothing behind when the source of a stream fails', async () => {
      const failing = async function* (): AsyncGenerator<Uint8Array> {
        yield randomBytes(10 * MIB);
        throw new Error('source broke');
      };
      await expect(store.put('broken/stream', failing())).rejects.toThrow('source broke');
      expect(await store.head('broken/stream')).toBeUndefined();
      expect((await store.list('broken')).objects).toEqual([]);
    });

    it('replaces an object whole', async () => {
      await store.put('replace/me', Buffer.from('a longer first version'));
      await store.put('replace/me', Buffer.from('second'));
      expect((await readObject(store, 'replace/me')).toString()).toBe('second');
    });

    it.each([
      ['from the start', { offset: 0, length: 4 }, '0123'],
      ['from the middle', { offset: 3, length: 3 }, '345'],
      ['to the end', { offset: 7 }, '789'],
      ['past the end', { offset: 8, length: 100 }, '89'],
      ['of nothing', { offset: 2, length: 0 }, ''],
      ['at the end', { offset: 10 }, ''],
      ['behind the end', { offset: 50, length: 5 }, ''],
    ])('returns a range %s', async (_, range, expected) => {
      await store.put('range/object', Buffer.from('0123456789'));
      expect((await collect(await store.get('range/object', range))).toString()).toBe(expected);
    });

    it('stores the first objects of a folder', async () => {
      const objects = ['part', 'last'].map((name) => ({ name, bytes: Buffer.from(`the ${name}`) }));
      expect(await store.putFirst('first/together/', objects)).toBe(true);
      expect((await store.list('first/together/')).objects.map(({ key }) => key).sort()).toEqual([
        'first/together/last',
        'first/together/part',
      ]);
      expect((await readObject(store, 'first/together/last')).toString()).toBe('the last');
    });

    it.each(['part', 'last', 'other'])('stores no first objects in a folder that has the object "%s"', async (name) => {
      const folder = `first/taken-${name}/`;
      await store.put(folder + name, Buffer.from('there before'));
      const objects = ['part', 'last'].map((each) => ({ name: each, bytes: Buffer.from('later') }));
      expect(await store.putFirst(folder, objects)).toBe(false);
      expect((await store.list(folder)).objects.map(({ key }) => key)).toEqual([folder + name]);
      expect((await readObject(store, folder + name)).toString()).toBe('there before');
    });

    it('lets one of many writers at once store the first objects of a folder', async () => {
      const writers = Array.from({ length: 6 }, (_, at) => [
        { name: 'part', bytes: Buffer.from('the same') },
        { name: 'last', bytes: Buffer.from(`of writer ${at}`) },
      ]);
      const won = await Promise.all(writers.map((objects) => store.putFirst('first/race/', objects)));
      expect(won.filter((each) => each)).toHaveLength(1);
      expect((await readObject(store, 'first/race/last')).toString()).toBe(`of writer ${won.indexOf(true)}`);
      expect((await readObject(store, 'first/race/part')).toString()).toBe('the same');
    });

    it.each([
      ['no-folder', 'name'],
      ['../', 'name'],
      ['folder/', '../name'],
      ['folder/', 'a/b'],
      ['folder/', '.hidden'],
    ])('refuses the first object of the folder "%s" with the name "%s"', async (folder, name) => {
      await expect(store.putFirst(folder, [{ name, bytes: Buffer.from('x') }])).rejects.toBeInstanceOf(ObjectKeyInvalid);
    });

    it('reports that an object does not exist', async () => {
      await expect(store.get('no/such')).rejects.toBeInstanceOf(ObjectNotFound);
      await expect(store.get('no/such', { offset: 0, length: 0 })).rejects.toBeInstanceOf(ObjectNotFound);
      await expect(store.get('size')).rejects.toBeInstanceOf(ObjectNotFound);
      expect(await store.head('no/such')).toBeUndefined();
    });

    it('removes an object, and one that does not exist', async () => {
      await store.put('delete/me', Buffer.from('x'));
      await store.delete('delete/me');
      await store.delete('delete/me');
      await store.delete('delete/deeper/never-was');
      expect(await store.head('delete/me')).toBeUndefined();
    });

    it('lists keys by prefix, with sizes', async () => {
      const keys = ['list/a/1', 'list/a.b', 'list/a/0', 'list/a-b', 'list/b', 'list/A', 'lisu'];
      for (const key of keys) await store.put(key, Buffer.from(key));
      const under = async (prefix: string): Promise<string[]> => (await store.list(prefix)).objects.map(({ key }) => key).sort();
      const { objects, next } = await store.list('list/');
      expect(objects.every(({ key, bytes }) => bytes === key.length)).toBe(true);
      expect(next).toBeUndefined();
      expect(await under('list/')).toEqual(['list/A', 'list/a-b', 'list/a.b', 'list/a/0', 'list/a/1', 'list/b']);
      expect(await under('list/a')).toEqual(['list/a-b', 'list/a.b', 'list/a/0', 'list/a/1']);
      expect(await under('list/a/')).toEqual(['list/a/0', 'list/a/1']);
      expect(await under('nothing/here')).toEqual([]);
    });

    it('lists the keys of one folder in the order of their bytes', async () => {
      const keys = ['b', 'a-1', 'Z', 'a.1', 'a', '0', 'a_1', 'a1'].map((name) => `order/${name}`);
      for (const key of keys) await store.put(key, Buffer.from('x'));
      expect((await store.list('order/')).objects.map(({ key }) => key)).toEqual([...keys].sort());
    });

    it('lists page by page without losing or repeating one', async () => {
      const keys = Array.from({ length: 25 }, (_, at) => `pages/${String(at % 5)}/${String(at).padStart(3, '0')}`);
      await Promise.all(keys.map((key) => store.put(key, Buffer.from('x'))));
      const found: string[] = [];
      let after: string | undefined;
      let pages = 0;
      do {
        const page = await store.list('pages/', { limit: 7, ...(after !== undefined && { after }) });
        expect(page.objects.length).toBeLessThanOrEqual(7);
        found.push(...page.objects.map(({ key }) => key));
        after = page.next;
        pages++;
      } while (after !== undefined);
      expect(found).toEqual([...keys].sort());
      expect(pages).toBe(4);
      const all: string[] = [];
      for await (const { key } of listAll(store, 'pages/')) all.push(key);
      expect(all).toEqual(found);
    });

    it('starts a listing behind a key that does not exist', async () => {
      await store.put('after/b', Buffer.from('x'));
      await store.put('after/d', Buffer.from('x'));
      expect((await store.list('after/', { after: 'after/c' })).objects.map(({ key }) => key)).toEqual(['after/d']);
    });

    it('reports the time at which an object was stored', async () => {
      await store.put('time/now', Buffer.from('x'));
      const [listed] = (await store.list('time/')).objects;
      expect(Math.abs((listed?.modifiedAt ?? 0) - Date.now())).toBeLessThan(60_000);
    });

    it.each(['../up', 'a/../../up', '/abs', 'a//b', 'a/', '', '.hidden', 'a/.hidden', 'a\\b', 'a b', 'a\0b', 'é', 'x'.repeat(901)])(
      'refuses the key "%s"',
      async (key) => {
        for (const call of [store.put(key, Buffer.from('x')), store.get(key), store.head(key), store.delete(key)]) {
          await expect(call).rejects.toBeInstanceOf(ObjectKeyInvalid);
        }
      },
    );

    it('refuses a prefix that leaves its folder', async () => {
      await expect(store.list('../')).rejects.toBeInstanceOf(ObjectKeyInvalid);
    });

    it('takes many writers at once, each reader seeing one whole version', async () => {
      const versions = Array.from({ length: 8 }, (_, at) => Buffer.alloc(50_000, at));
      await store.put('race', versions[0]!);
      const writers = versions.map((bytes) => store.put('race', bytes));
      const seen = await Promise.all(Array.from({ length: 8 }, () => readObject(store, 'race')));
      await Promise.all(writers);
      for (const bytes of [...seen, await readObject(store, 'race')]) {
        expect(versions.some((version) => version.equals(bytes))).toBe(true);
      }
    });
  });
}
