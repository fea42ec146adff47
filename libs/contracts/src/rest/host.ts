import { z } from 'zod';
import { Comment, DateTime, Id, Name, QueryFlag } from './field.js';
import { listQuery } from './page.js';
import { Filter, text } from './text.js';

/**
 * Name of an asset: what stands behind the last "@" of an ssh command line. `ssh -l` refuses the quotes, brackets and other signs of a shell,
 * "-" behind a space and "\\" at the end (valid_ruser of OpenSSH): a user could not name the asset.
 */
export const AssetName = Name.regex(/^[^\s@#%]+(?: [^\s@#%]+)*$/, 'must not hold "@", "#", "%" or white space but single spaces')
  .regex(/^(?:[^'"`;&<>|(){} ]| [^-'"`;&<>|(){}])*$/, `must not hold one of '"\`;&<>|(){} or "-" behind a space, which ssh refuses`)
  .regex(/[^\\]$/, 'must not end with "\\", which ssh refuses');

const NO_ADDRESS = 'must be a host name or an IP address, without port';

/** Address of an asset: a host name or an IP address, without port. An IPv6 address may stand in brackets, and have a zone. */
export const Address = z
  .string()
  .min(1, 'must not be empty')
  .max(253, 'must have at most 253 characters')
  .regex(
    /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?|[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(?:%[A-Za-z0-9._-]+)?|\[[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(?:%[A-Za-z0-9._-]+)?\])$/,
    NO_ADDRESS,
  )
  .refine((text) => !text.includes(':') || isIPv6(text), NO_ADDRESS);

/** Returns true for an IPv6 address, in brackets or not, with a zone or not. */
const isIPv6 = (text: string): boolean => z.ipv6().safeParse(text.replace(/^\[|(?:%[^\]]*)?\]?$/g, '')).success;

export const HostView = z
  .object({
    id: Id,
    name: AssetName,
    address: Address,
    port: z.int().min(1).max(65535),
    is_active: z.boolean().describe('False: no user reaches it'),
    comment: Comment,
    org: Id,
    created_by: z.string(),
    date_created: DateTime,
    date_updated: DateTime,
  })
  .meta({ id: 'Host' });
export type HostView = z.infer<typeof HostView>;

const writable = HostView.pick({ name: true, address: true, port: true, is_active: true, comment: true });

export const HostCreate = z
  .strictObject({
    ...writable.shape,
    port: writable.shape.port.default(22),
    is_active: z.boolean().default(true),
    comment: Comment.default(''),
  })
  .meta({ id: 'HostCreate' });
export type HostCreate = z.infer<typeof HostCreate>;

export const HostUpdate = z.strictObject(writable.partial().shape).meta({ id: 'HostUpdate' });
export type HostUpdate = z.infer<typeof HostUpdate>;

export const HostListQuery = z.strictObject({
  ...listQuery(['name', 'address', 'date_created']),
  name: Filter.optional(),
  address: Filter.optional(),
  is_active: QueryFlag.optional(),
});
export type HostListQuery = z.infer<typeof HostListQuery>;

export const HostKeyView = z
  .object({
    id: Id,
    algorithm: z.string().describe('Key type; empty if only the fingerprint was given and the host has not presented it yet'),
    fingerprint: z.string().describe('"SHA256:…"'),
    public_key: z
      .string()
      .nullable()
      .describe('Key type and base64, as in known_hosts; null until the host has presented a key that was given by its fingerprint'),
    pinned_by_session: Id.nullable().describe(
      'The session that saw it first; null: an admin approved it, or a connectivity test saw it first',
    ),
    date_created: DateTime,
  })
  .meta({ id: 'HostKey' });
export type HostKeyView = z.infer<typeof HostKeyView>;

export const HostKeyCreate = z
  .strictObject({
    public_key: text('key', 16_384).min(1).optional().describe('Line of an ssh_host_…_key.pub file, of known_hosts or of ssh-keyscan'),
    fingerprint: text('key', 256).min(1).optional().describe('"SHA256:…" alone, or the line that ssh-keygen -l prints'),
  })
  .refine((it) => (it.public_key === undefined) !== (it.fingerprint === undefined), {
    path: ['public_key'],
    error: 'must be set, or else fingerprint: exactly one of them',
  })
  .meta({ id: 'HostKeyCreate' });
export type HostKeyCreate = z.infer<typeof HostKeyCreate>;

export const HostKeyListQuery = z.strictObject(listQuery(['date_created', 'algorithm']));
export type HostKeyListQuery = z.infer<typeof HostKeyListQuery>;
