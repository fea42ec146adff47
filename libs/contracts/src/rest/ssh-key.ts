import { z } from 'zod';
import { DateTime, Id, Name } from './field.js';
import { listQuery } from './page.js';
import { text } from './text.js';

export const SshKeyView = z
  .object({
    id: Id,
    name: Name,
    algorithm: z.string().describe('Key type, e.g. ssh-ed25519'),
    public_key: z.string().describe('One line, as in authorized_keys'),
    fingerprint: z.string().describe('"SHA256:…", as ssh-keygen -l prints it'),
    comment: z.string(),
    is_active: z.boolean(),
    is_shared: z.boolean().describe('True: another user has it too, from before a key belonged to one user. Remove it from one of them'),
    date_created: DateTime,
    date_last_used: DateTime.nullable(),
  })
  .meta({ id: 'SshKey' });
export type SshKeyView = z.infer<typeof SshKeyView>;

export const SshKeyCreate = z
  .strictObject({
    name: Name.optional().describe('The key’s comment, else its fingerprint, where none is given'),
    public_key: text('key', 16_384).min(1).describe('The line of an id_….pub file'),
  })
  .meta({ id: 'SshKeyCreate' });
export type SshKeyCreate = z.infer<typeof SshKeyCreate>;

export const SshKeyListQuery = z.strictObject(listQuery(['name', 'date_created', 'date_last_used']));
export type SshKeyListQuery = z.infer<typeof SshKeyListQuery>;
