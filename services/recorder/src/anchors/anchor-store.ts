import { anchorHash, anchorName, anchorNumber, ANCHORS_PREFIX, MAX_ANCHOR_BYTES } from '@sallyport/crypto';
import { ObjectNotFound, type ObjectStore, readObject } from '@sallyport/object-store';
import { AnchorExists, AnchorInvalid, AnchorsNotKept } from './anchor.errors.js';

/** Most anchors of a page. */
const MAX_PAGE = 500;
/** Anchors of a page that are read at once. */
const READS_AT_ONCE = 16;
const NAME_PART = /^[A-Za-z0-9._=-]{0,200}$/;

/** A stored object among the anchors. */
interface Anchor {
  readonly name: string;
  readonly envelope: Buffer;
}

/** Keeps the anchors of the audit chain beside the recordings, each in an object of its own that is never replaced. */
export class AnchorStore {
  /** One anchor after the other: the store can't put an object only if it is absent. */
  private putting: Promise<void> = Promise.resolve();

  constructor(private readonly store: ObjectStore) {}

  /** Stores an anchor. Throws AnchorExists if another one has its number. */
  put(number: bigint, envelope: Buffer): Promise<void> {
    const put = this.putting.then(() => this.putNew(number, envelope));
    this.putting = put.catch(() => {});
    return put;
  }

  /** Returns the anchors whose names sort behind `after`, in order. `next` is empty on the last page. */
  async list(after: string, limit: number): Promise<{ anchors: Anchor[]; next: string }> {
    this.mustKeep();
    if (!NAME_PART.test(after)) throw new AnchorInvalid('"after" is not the name of an anchor');
    const size = limit === 0 ? MAX_PAGE : Math.min(limit, MAX_PAGE);
    const { objects, next } = await this.store.list(ANCHORS_PREFIX, { ...(after && { after: ANCHORS_PREFIX + after }), limit: size });
    const names = objects.map(({ key }) => key.slice(ANCHORS_PREFIX.length));
    const anchors: Anchor[] = [];
    for (let at = 0; at < names.length; at += READS_AT_ONCE)
      anchors.push(...(await Promise.all(names.slice(at, at + READS_AT_ONCE).map((name) => this.read(name)))));
    return { anchors, next: next === undefined ? '' : (names.at(-1) ?? '') };
  }

  private async putNew(number: bigint, envelope: Buffer): Promise<void> {
    this.mustKeep();
    if (number < 1n || envelope.length === 0 || envelope.length > MAX_ANCHOR_BYTES)
      throw new AnchorInvalid(
        `An anchor has a number from 1 and 1 to ${MAX_ANCHOR_BYTES} bytes; this one is ${number} with ${envelope.length}`,
      );
    const name = anchorName(number, anchorHash(envelope));
    const { objects } = await this.store.list(`${ANCHORS_PREFIX}${anchorNumber(number)}-`, { limit: 2 });
    const other = objects.map(({ key }) => key.slice(ANCHORS_PREFIX.length)).find((each) => each !== name);
    if (other !== undefined) throw new AnchorExists(number, other);
    if (objects.length === 0) await this.store.put(ANCHORS_PREFIX + name, envelope, { isKept: true });
  }

  /** Reads an object. One that vanished meanwhile is empty, which no check takes for an anchor. */
  private async read(name: string): Promise<Anchor> {
    try {
      return { name, envelope: await readObject(this.store, ANCHORS_PREFIX + name, { offset: 0, length: MAX_ANCHOR_BYTES }) };
    } catch (error) {
      if (!(error instanceof ObjectNotFound)) throw error;
      return { name, envelope: Buffer.alloc(0) };
    }
  }

  private mustKeep(): void {
    if (!this.store.keepsData) throw new AnchorsNotKept();
  }
}
