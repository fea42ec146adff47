import { z } from 'zod';
import { Comment, DateTime, Id, Name, QueryFlag } from './field.js';
import { listQuery } from './page.js';
import { Filter, text } from './text.js';

/**
 * A login name on an asset. "@" at its beginning is kept for aliases such as "@all". `ssh -l` refuses the quotes, brackets and other signs of
 * a shell (valid_ruser of OpenSSH): a user could not name the account.
 */
export const AccountUsername = text('name', 128)
  .min(1, 'must not be empty')
  .regex(/^[^\s#%'"`;&<>|(){}]*$/, `must not hold white space, "#", "%" or one of '"\`;&<>|(){}, which ssh refuses`)
  .regex(/^[^@]/, 'must not begin with "@"');

export const SecretType = z.enum(['password', 'ssh_key']);
export type SecretType = z.infer<typeof SecretType>;

export const Connectivity = z.enum(['unknown', 'ok', 'failed']).describe('Result of the last connectivity test');

export const AccountView = z
  .object({
    id: Id,
    name: Name,
    username: AccountUsername,
    asset: z.object({ id: Id, name: z.string(), address: z.string() }),
    secret_type: SecretType,
    is_active: z.boolean().describe('False: no user may use it'),
    connectivity: Connectivity,
    connectivity_checked_at: DateTime.nullable(),
    connectivity_error: z.string().nullable(),
    comment: Comment,
    org: Id,
    created_by: z.string(),
    date_secret_changed: DateTime,
    date_created: DateTime,
    date_updated: DateTime,
  })
  .meta({ id: 'Account' });
export type AccountView = z.infer<typeof AccountView>;

const secretFields = {
  password: text('secret', 4096).min(1).optional().meta({ writeOnly: true, description: 'Either this or private_key' }),
  private_key: text('secret', 65_536).min(1).optional().meta({ writeOnly: true, description: 'OpenSSH or PEM text' }),
  passphrase: text('secret', 4096).min(1).optional().meta({ writeOnly: true, description: 'Opens private_key; not kept' }),
};

interface SecretFields {
  password?: string | undefined;
  private_key?: string | undefined;
  passphrase?: string | undefined;
}
const atMostOneSecret = (it: SecretFields): boolean => it.password === undefined || it.private_key === undefined;
const oneSecret = (it: SecretFields): boolean => (it.password === undefined) !== (it.private_key === undefined);
const passphraseHasKey = (it: SecretFields): boolean => it.passphrase === undefined || it.private_key !== undefined;
const onlyForKeys = { path: ['passphrase'], error: 'is only for a private_key' };

export const AccountCreate = z
  .strictObject({
    asset: Id,
    username: AccountUsername,
    name: Name.optional().describe('The username where none is given'),
    is_active: z.boolean().default(true),
    comment: Comment.default(''),
    ...secretFields,
  })
  .refine(oneSecret, { path: ['password'], error: 'must be set, or else private_key: exactly one of them' })
  .refine(passphraseHasKey, onlyForKeys)
  .meta({ id: 'AccountCreate' });
export type AccountCreate = z.infer<typeof AccountCreate>;

export const AccountUpdate = z
  .strictObject({
    username: AccountUsername.optional(),
    name: Name.optional(),
    is_active: z.boolean().optional(),
    comment: Comment.optional(),
    ...secretFields,
  })
  .refine(atMostOneSecret, { path: ['password'], error: 'and private_key must not both be set' })
  .refine(passphraseHasKey, onlyForKeys)
  .meta({ id: 'AccountUpdate' });
export type AccountUpdate = z.infer<typeof AccountUpdate>;

export const AccountListQuery = z.strictObject({
  ...listQuery(['username', 'name', 'asset', 'date_created']),
  username: Filter.optional(),
  asset: Id.optional(),
  secret_type: SecretType.optional(),
  connectivity: Connectivity.optional(),
  is_active: QueryFlag.optional(),
});
export type AccountListQuery = z.infer<typeof AccountListQuery>;
