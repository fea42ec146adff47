import { mkdir, writeFile } from 'node:fs/promises';
import { inDatabase } from '@sallyport/database';
import { anS3, aPostgres, freePort, withClient, workFolder, type TestPostgres, type WorkFolder } from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sallyport } from '../../test/run-cli.js';

let postgres: TestPostgres;
let folder: WorkFolder;
let prepared: string;
const database = `prepared_${process.pid}`;
beforeAll(async () => {
  [postgres, folder] = await Promise.all([aPostgres(), workFolder('stores')]);
  prepared = inDatabase(postgres.url, database);
});
afterAll(async () => {
  await withClient(postgres.url, (client) => client.query(`drop database if exists ${database}`));
  await Promise.all([postgres.drop(), folder.remove()]);
});

/** Writes the four URLs as the chart mounts them, and the superuser's beside them. */
async function urlFiles(name: string, change: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const urls = `${folder.path}/${name}`;
  await mkdir(urls);
  const text = {
    'core-url': inDatabase(postgres.coreServiceUrl, database),
    'core-migration-url': inDatabase(postgres.coreUrl, database),
    'indexer-url': inDatabase(postgres.indexerServiceUrl, database),
    'indexer-migration-url': inDatabase(postgres.indexerUrl, database),
    ...change,
  };
  for (const [file, url] of Object.entries(text)) await writeFile(`${urls}/${file}`, `${url}\n`);
  await writeFile(`${urls}/admin`, postgres.url);
  return ['database', 'prepare', '--admin-url-file', `${urls}/admin`, '--urls', urls];
}

describe('sallyport database prepare', () => {
  it('creates the database and roles that log in with the passwords of the URLs, and may run again', async () => {
    const command = await urlFiles('sound');
    const done = { code: 0, out: `The database "${database}" has its roles and schemas. Next: "migrate" of core and indexer.\n`, err: '' };
    expect(await sallyport(command)).toEqual(done);
    expect(await sallyport(command)).toEqual(done);
    const owner = await withClient(inDatabase(postgres.coreUrl, database), (client) =>
      client.query(`select nspowner::regrole::text as owner from pg_namespace where nspname = 'core'`),
    );
    expect(owner.rows).toEqual([{ owner: 'core' }]);
    await withClient(inDatabase(postgres.indexerServiceUrl, database), (client) => client.query('select 1'));
    expect(prepared).toContain(database);
  });

  it.each([
    [
      'a URL of another role',
      'core-url',
      'postgres://postgres:geheim@127.0.0.1/x',
      /core-url" must be postgres:\/\/core_service:PASSWORD@/,
    ],
    ['no URL', 'indexer-url', 'geheim', /indexer-url" must be postgres:\/\/indexer_service:PASSWORD@/],
    ['two databases', 'indexer-url', 'postgres://indexer_service:geheim@127.0.0.1/other', /two databases, "prepared_\d+" and "other"/],
  ])('refuses %s, and shows no password', async (title, file, url, problem) => {
    const { code, err } = await sallyport(await urlFiles(title.replaceAll(' ', '-'), { [file]: url }));
    expect(code).toBe(2);
    expect(err).toMatch(problem);
    expect(err).not.toContain('geheim');
  });

  it('waits for a server that is away, and no longer than --wait', async () => {
    const [command, verb, option, file, ...rest] = await urlFiles('away');
    await writeFile(String(file), `postgres://postgres:geheim@127.0.0.1:${await freePort()}/postgres`);
    const { code, err } = await sallyport([command, verb, option, file, ...rest, '--wait', '1'].map(String));
    expect(code).toBe(2);
    expect(err).toContain('ECONNREFUSED');
    expect(err).not.toContain('geheim');
  });
});

describe('sallyport bucket make', () => {
  it('creates a bucket, and keeps one that exists', async () => {
    const s3 = await anS3();
    const env = { SALLYPORT_S3_ENDPOINT: s3.endpoint, SALLYPORT_S3_ACCESS_KEY: s3.accessKey, SALLYPORT_S3_SECRET_KEY: s3.secretKey };
    const name = `made-${process.pid}`;
    expect(await sallyport(['bucket', 'make', name], env)).toEqual({ code: 0, out: `The bucket "${name}" was made.\n`, err: '' });
    expect((await sallyport(['bucket', 'make', name], env)).out).toBe(`The bucket "${name}" is there already.\n`);
    const refused = await sallyport(['bucket', 'make', name], { ...env, SALLYPORT_S3_SECRET_KEY: 'wrong' });
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('refuses') as string });
  });
});
