/** The sections of a key revocation list (OpenSSH's PROTOCOL.krl) as typed values. */
import { SshReader } from '../wire/index.js';
import { SshKeyError } from './key-error.js';

const MAGIC = Buffer.from('SSHKRL\n\0', 'latin1');
const FORMAT_VERSION = 1;

/** Certificate revocations of one authority. */
export interface RevokedCertificates {
  /** Blob of the authority's key; empty for every authority. */
  readonly authority: Buffer;
  readonly serials: ReadonlySet<bigint>;
  /** Both ends inclusive. */
  readonly serialRanges: readonly { readonly first: bigint; readonly last: bigint }[];
  readonly keyIds: ReadonlySet<string>;
}

/** A whole list. Blobs and hashes are hexadecimal. */
export interface Krl {
  readonly certificates: readonly RevokedCertificates[];
  readonly keyBlobs: ReadonlySet<string>;
  readonly sha1: ReadonlySet<string>;
  readonly sha256: ReadonlySet<string>;
}

/** Returns true if the file is a binary KRL. */
export const isKrl = (file: Buffer): boolean => file.subarray(0, MAGIC.length).equals(MAGIC);

/** Reads all sections. Throws SshKeyError or SshProtocolError for unknown or malformed parts. Ignores extensions that are not critical. */
export const readKrlSections = (file: Buffer): Krl => {
  const reader = new SshReader(file, MAGIC.length);
  const version = reader.readUint32();
  if (version !== FORMAT_VERSION) throw new SshKeyError('unsupported', `KRL format version ${version} is not supported`);
  reader.readBytes(8 + 8 + 8); // KRL version, date, flags
  reader.readString(); // reserved
  reader.readString(); // comment
  const certificates: RevokedCertificates[] = [];
  const sets = { keyBlobs: new Set<string>(), sha1: new Set<string>(), sha256: new Set<string>() };
  while (reader.remaining > 0) {
    const type = reader.readByte();
    const section = new SshReader(reader.readString());
    if (type === 1) certificates.push(readCertificates(section));
    else if (type === 2) addStrings(section, sets.keyBlobs);
    else if (type === 3) addStrings(section, sets.sha1);
    else if (type === 5) addStrings(section, sets.sha256);
    else if (type === 255) passExtension(section);
    else throw new SshKeyError('unsupported', `KRL section of type ${type} is not supported`);
  }
  return { certificates, ...sets };
};

const addStrings = (section: SshReader, set: Set<string>): void => {
  while (section.remaining > 0) set.add(section.readString().toString('hex'));
};

const passExtension = (section: SshReader): void => {
  const name = section.readUtf8(256);
  if (section.readBoolean()) throw new SshKeyError('unsupported', `KRL extension "${name}" is critical and not supported`);
};

const readCertificates = (section: SshReader): RevokedCertificates => {
  const authority = section.readString();
  section.readString(); // reserved
  const serials = new Set<bigint>();
  const serialRanges: { first: bigint; last: bigint }[] = [];
  const keyIds = new Set<string>();
  while (section.remaining > 0) {
    const type = section.readByte();
    const part = new SshReader(section.readString());
    if (type === 0x20) while (part.remaining > 0) serials.add(part.readUint64());
    else if (type === 0x21) serialRanges.push({ first: part.readUint64(), last: part.readUint64() });
    else if (type === 0x22) addBitmap(part, serials);
    else if (type === 0x23) while (part.remaining > 0) keyIds.add(part.readUtf8());
    else if (type === 0x39) passExtension(part);
    else throw new SshKeyError('unsupported', `KRL certificate section of type ${type} is not supported`);
  }
  return { authority, serials, serialRanges, keyIds };
};

/** Adds the serials of a bitmap: bit n of the mpint revokes serial offset + n. */
const addBitmap = (part: SshReader, serials: Set<bigint>): void => {
  const offset = part.readUint64();
  const bits = part.readMpint();
  for (let n = 0; n < bits.length * 8; n += 1) {
    const byte = bits[bits.length - 1 - (n >> 3)]!;
    if (((byte >> (n & 7)) & 1) === 1) serials.add(offset + BigInt(n));
  }
};
