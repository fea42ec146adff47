import { aNats, type TestNats } from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sallyport } from '../../test/run-cli.js';

let nats: TestNats;
beforeAll(async () => void (nats = await aNats()));
afterAll(() => nats.remove());

const provision = (identity: keyof TestNats['mesh'], ...more: string[]) => {
  const { caFile, certFile, keyFile } = nats.mesh[identity];
  return sallyport(['nats', 'provision', '--url', nats.url, '--ca', caFile, '--cert', certFile, '--key', keyFile, ...more]);
};

describe('sallyport nats', () => {
  it('provision creates the streams, and may run again', async () => {
    const done = { code: 0, out: 'The streams and consumers are ready.\n', err: '' };
    expect(await provision('nats-operator')).toEqual(done);
    expect(await provision('nats-operator')).toEqual(done);
  });

  it('provision with the certificate of a service is refused, and the error names the right one', async () => {
    const { code, err } = await provision('worker');
    expect(code).toBe(2);
    expect(err).toContain('NATS knows this service as "nats-operator": use a certificate with the DNS name nats-operator');
    expect((await provision('nats-operator', '--replicas', '2')).err).toContain('must be 1, 3 or 5');
  });

  it('permissions prints the users of the server’s configuration', async () => {
    const { code, out } = await sallyport(['nats', 'permissions']);
    expect(code).toBe(0);
    expect(out).toMatch(/^authorization \{[^]*user: "nats-operator"/);
  });
});
