import { z } from 'zod';

/** Accepts a TCP port, 1-65535; 0 asks for a free one. */
export const port = () => z.coerce.number<string>().int().min(0).max(65535);

/** Accepts `true` and `false` only. */
export const booleanText = () => z.enum(['true', 'false']).transform((text) => text === 'true');

/** Accepts `host:port`; an IPv6 host is in brackets. */
export const hostPort = () => z.string().regex(/^(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}$/, 'must be host:port');

const HOST_PORT = String.raw`(\[[0-9a-fA-F:]+\]|[^:,\s]+):\d{1,5}`;
const IPV4_PORTS = String.raw`(\d{1,3}(\.\d{1,3}){3}:\d{1,5},?)+`;
const IPV6_PORTS = String.raw`(\[[0-9a-fA-F:]+\]:\d{1,5},?)+`;

/** Accepts the address of a peer: `host:port`, where the host may have several addresses, or a list of `address:port`, comma separated. */
export const peerAddress = () =>
  z
    .string()
    .regex(
      new RegExp(`^(${HOST_PORT}|${IPV4_PORTS}|${IPV6_PORTS})(?<!,)$`),
      'must be host:port, or a comma separated list of IP addresses of one family with a port each',
    );

/** Accepts a size in bytes: a whole number, or one with KiB, MiB or GiB behind it. */
export const bytes = () =>
  z
    .string()
    .regex(/^\d+(KiB|MiB|GiB)?$/, 'must be a number of bytes, or one with KiB, MiB or GiB behind it')
    .transform((text) => Number.parseInt(text, 10) * UNIT[text.replace(/^\d+/, '') as keyof typeof UNIT]);

const UNIT = { '': 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;

/** Accepts a length of time in whole seconds. */
export const seconds = () => z.coerce.number<string>().int().min(0).max(31_536_000);

const secrets = new WeakSet<z.ZodType>();

/** Marks a field as secret: it is never shown, and NAME_FILE may name a file that contains it. */
export function secret<T extends z.ZodType>(schema: T): T {
  secrets.add(schema);
  return schema;
}

/** Returns true if a field was marked as secret, also below `.optional()`, `.default()` and `.describe()`. */
export function isSecret(schema: z.ZodType): boolean {
  if (secrets.has(schema)) return true;
  const inner = (schema as { def?: { innerType?: z.ZodType } }).def?.innerType;
  // `.describe()` and `.meta()` return a copy whose parent is the schema that they were called on.
  const { parent } = schema._zod as { parent?: z.ZodType };
  return (inner !== undefined && isSecret(inner)) || (parent !== undefined && isSecret(parent));
}
