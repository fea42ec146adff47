import { readFile } from 'node:fs/promises';
import { AccountUsername, Address, ALL_ACCOUNTS, AssetName, DateTime, Name, Role, Username } from '@sallyport/contracts';
import { z } from 'zod';

const account = z
  .strictObject({
    host: AssetName,
    username: AccountUsername,
    password: z.string().min(1).optional(),
    private_key: z.string().min(1).optional(),
  })
  .refine((it) => (it.password === undefined) !== (it.private_key === undefined), { error: 'give either password or private_key' });

/** Content of a seed file. Rows are identified by their names. */
const seedFile = z.strictObject({
  users: z
    .array(
      z.strictObject({
        username: Username,
        ssh_public_keys: z.array(z.string()).default([]),
        password: z.string().optional(),
        role: Role.default('user'),
        date_expired: DateTime.optional(),
      }),
    )
    .default([]),
  hosts: z.array(z.strictObject({ name: AssetName, address: Address, port: z.int().min(1).max(65535).default(22) })).default([]),
  accounts: z.array(account).default([]),
  permissions: z
    .array(
      z.strictObject({
        name: Name,
        users: z.array(Username),
        assets: z.array(AssetName),
        accounts: z.array(z.union([z.literal(ALL_ACCOUNTS), AccountUsername])),
      }),
    )
    .default([]),
});
export type SeedFile = z.infer<typeof seedFile>;

/** Reads a seed file. Errors name places in it, never values: it holds secrets. */
export async function readSeedFile(path: string): Promise<SeedFile> {
  const parsed = seedFile.safeParse(parseJson(path, await readFile(path, 'utf8')));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`${path} is not a valid seed file: ${problems.join('; ')}`);
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${path} is not JSON`);
  }
}
