import { describe, expect, it } from 'vitest';
import { decideTarget, type Reachable } from './target.policy.js';

const root = { id: 'acc-root', username: 'root' };
const deploy = { id: 'acc-deploy', username: 'deploy' };
const web: Reachable = { id: '0190-web', name: 'web-1', address: '10.0.0.1', accounts: [root] };
const db: Reachable = { id: '0190-db', name: 'db-1', address: 'db.example', accounts: [root, deploy] };
const notGranted = { decision: 'deny', reason: 'not-granted' };

describe('decideTarget', () => {
  it.each(['web-1', 'WEB-1', '10.0.0.1', '0190-web'])('finds an asset typed as "%s"', (asset) => {
    expect(decideTarget([web, db], { asset, account: 'root' })).toEqual({ decision: 'allow', asset: web, account: root });
  });

  it('takes the only account when none is named', () => {
    expect(decideTarget([web, db], { asset: 'web-1', account: '' })).toEqual({ decision: 'allow', asset: web, account: root });
  });

  it('takes the named account when there are several', () => {
    expect(decideTarget([web, db], { asset: 'db-1', account: 'deploy' })).toEqual({ decision: 'allow', asset: db, account: deploy });
  });

  it('asks which account when there are several and none is named', () => {
    expect(decideTarget([web, db], { asset: 'db-1', account: '' })).toEqual({ decision: 'choose', asset: db });
  });

  it.each([
    ['an asset that is not theirs', { asset: 'hr-1', account: 'root' }],
    ['an account that is not theirs', { asset: 'web-1', account: 'deploy' }],
    ['an account in another case', { asset: 'web-1', account: 'ROOT' }],
    ['nothing', { asset: '', account: '' }],
    ['a part of a name', { asset: 'web', account: 'root' }],
  ])('denies %s in the same way', (_, target) => {
    expect(decideTarget([web, db], target)).toEqual(notGranted);
  });

  it.each(['::1', '[::1]', '0::1', '0:0:0:0:0:0:0:1'])('compares IPv6 addresses as addresses: %s', (asset) => {
    const local = { ...web, address: '::1' };
    expect(decideTarget([local, db], { asset, account: 'root' })).toEqual({ decision: 'allow', asset: local, account: root });
  });

  it('finds an address with a zone in that zone alone', () => {
    const local = { ...web, address: 'fe80::1%eth0' };
    expect(decideTarget([local], { asset: '[FE80:0::1%eth0]', account: 'root' })).toMatchObject({ decision: 'allow', asset: local });
    expect(decideTarget([local], { asset: 'fe80::1%eth1', account: 'root' })).toEqual(notGranted);
  });

  it('denies an asset without accounts', () => {
    expect(decideTarget([{ ...web, accounts: [] }], { asset: 'web-1', account: '' })).toEqual(notGranted);
  });

  it('names the assets when an address fits several', () => {
    const twin = { ...web, id: '0190-twin', name: 'web-2' };
    expect(decideTarget([web, twin], { asset: '10.0.0.1', account: 'root' })).toEqual({
      decision: 'deny',
      reason: 'ambiguous',
      assetNames: ['web-1', 'web-2'],
    });
  });

  it('an account settles between assets of one address', () => {
    const twin = { ...web, id: '0190-twin', name: 'web-2', accounts: [deploy] };
    expect(decideTarget([web, twin], { asset: '10.0.0.1', account: 'deploy' })).toEqual({
      decision: 'allow',
      asset: twin,
      account: deploy,
    });
  });

  it('a name is never shadowed by an address', () => {
    const decoy = { ...db, address: 'web-1' };
    expect(decideTarget([decoy, web], { asset: 'web-1', account: 'root' })).toMatchObject({ asset: web });
  });
});
