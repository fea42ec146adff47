import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Action, RecordingMode, type AccessGrant as WireGrant } from '@sallyport/proto-gen/access/v1/session';
import { AccessGrant } from './access-grant.js';
import { GrantUnreadable } from './session.errors.js';

const wire = (changes: Partial<WireGrant> = {}): { decision: { $case: 'grant'; value: WireGrant } } => ({
  decision: {
    $case: 'grant',
    value: {
      sessionId: 's',
      orgId: 'o',
      orgName: 'O',
      userId: 'u',
      username: 'alice',
      assetId: 'a',
      assetName: 'web-1',
      address: '10.0.0.1',
      port: 22,
      accountId: 'c',
      credential: { username: 'root', secret: { $case: 'password', value: 'canary-31' } },
      hostKeys: [],
      recordingMode: RecordingMode.STRICT,
      idleTimeout: { seconds: 90n, nanos: 500_000_000 },
      expiryReason: 0,
      expiresAt: undefined,
      lease: { seconds: 30n, nanos: 0 },
      maxOutputBytes: 5n,
      startedAt: new Date(0),
      actions: [{ action: Action.CONNECT, until: undefined }],
      ...changes,
    },
  },
});

const grantOf = (changes: Partial<WireGrant> = {}): AccessGrant => {
  const decision = AccessGrant.decide(wire(changes));
  if (decision.kind !== 'granted') throw new Error('not granted');
  return decision.grant;
};

describe('an access grant', () => {
  it('has its durations in milliseconds', () => {
    expect(grantOf().facts).toMatchObject({
      account: 'root',
      idleTimeoutMs: 90_500,
      leaseMs: 30_000,
      maxOutputBytes: 5,
      recordingMode: 'strict',
      expiresAt: undefined,
    });
  });

  it('does not show its credential in a dump', () => {
    const grant = grantOf();
    expect(
      [JSON.stringify(grant), inspect(grant, { depth: 9, showHidden: true }), `${JSON.stringify({ ...grant })}`].join(''),
    ).not.toContain('canary-31');
    expect(grant.credential()).toEqual({ username: 'root', secret: { kind: 'password', password: 'canary-31' } });
  });

  it('reads an unspecified recording mode as the strict one', () => {
    expect(grantOf({ recordingMode: RecordingMode.UNSPECIFIED }).facts.recordingMode).toBe('strict');
  });

  it('contains its actions', () => {
    const until = new Date(5);
    expect(
      grantOf({
        actions: [
          { action: Action.UPLOAD, until },
          { action: Action.CONNECT, until: undefined },
        ],
      }).actions,
    ).toEqual(
      new Map([
        ['upload', { until }],
        ['connect', { until: undefined }],
      ]),
    );
  });

  it.each([
    ['credential', { credential: undefined }],
    ['lease', { lease: undefined }],
    ['start', { startedAt: undefined }],
    ['action "connect"', { actions: [{ action: Action.UPLOAD, until: undefined }] }],
    ['secret', { credential: { username: 'root', secret: undefined } }],
  ])('is not created without its %s', (_, changes) => {
    expect(() => grantOf(changes)).toThrow(GrantUnreadable);
  });

  it('is not created from a response without a decision', () => {
    expect(() => AccessGrant.decide({ decision: undefined })).toThrow(GrantUnreadable);
  });
});
