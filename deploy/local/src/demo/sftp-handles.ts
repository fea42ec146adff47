import type { FileHandle } from 'node:fs/promises';
import type { FileEntry } from './sftp-wire.js';

/** Open files and folders of one SFTP client. */
export interface HandleTable {
  add(thing: FileHandle | FileEntry[]): Buffer;
  /** Returns an open file. This and `folder` throw for a handle that is not open or of the other kind. */
  file(handle: Buffer): FileHandle;
  folder(handle: Buffer): FileEntry[];
  close(handle: Buffer): Promise<void>;
  closeAll(): Promise<void>;
}

/** Creates an empty table. Handles are counted up and never used again, so a late request can't reach another file. */
export function createHandleTable(): HandleTable {
  const things = new Map<string, FileHandle | FileEntry[]>();
  let last = 0;
  const get = (handle: Buffer): FileHandle | FileEntry[] => {
    const thing = things.get(handle.toString('hex'));
    if (thing === undefined) throw new Error('no such handle');
    return thing;
  };
  const close = async (key: string): Promise<void> => {
    const thing = things.get(key);
    things.delete(key);
    if (thing !== undefined && !Array.isArray(thing)) await thing.close();
  };
  return {
    add: (thing) => {
      const handle = Buffer.alloc(4);
      handle.writeUInt32BE((last += 1));
      things.set(handle.toString('hex'), thing);
      return handle;
    },
    file: (handle) => {
      const thing = get(handle);
      if (Array.isArray(thing)) throw new Error('the handle is of a folder');
      return thing;
    },
    folder: (handle) => {
      const thing = get(handle);
      if (!Array.isArray(thing)) throw new Error('the handle is of a file');
      return thing;
    },
    close: (handle) => close(handle.toString('hex')),
    closeAll: async () => {
      for (const key of [...things.keys()]) await close(key);
    },
  };
}
