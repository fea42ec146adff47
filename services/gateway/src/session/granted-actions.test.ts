import { Action, type ActionGrant } from '@sallyport/proto-gen/access/v1/session';
import { describe, expect, it } from 'vitest';
import { allowedActions, readActions } from './granted-actions.js';
import { GrantUnreadable } from './session.errors.js';

const now = new Date('2026-03-01T12:00:00Z');
const past = new Date('2026-03-01T11:59:59Z');
const soon = new Date('2026-03-01T12:00:01Z');
const allowed = (...grants: ActionGrant[]): string[] => [...allowedActions({ actions: readActions(grants) }, now)];
const connect: ActionGrant = { action: Action.CONNECT, until: undefined };

describe('the actions of a grant', () => {
  it('are those that core sent', () => {
    expect(allowed(connect, { action: Action.DOWNLOAD, until: soon })).toEqual(['connect', 'download']);
    const every = Object.values(Action).filter((action): action is Action => typeof action === 'number' && action > 0);
    expect(allowed(...every.map((action) => ({ action, until: undefined })))).toEqual([
      'connect',
      'upload',
      'download',
      'delete',
      'copy',
      'paste',
      'share',
      'forward',
    ]);
  });

  it.each([
    ['has ended', past],
    ['ends at this very moment', now],
  ])('lack an action that %s', (_, until) => {
    expect(allowed(connect, { action: Action.UPLOAD, until })).toEqual(['connect']);
  });

  it('are "connect" alone from a core that does not decide per action', () => {
    expect(allowed()).toEqual(['connect']);
  });

  it('ignore an action that this gateway does not know', () => {
    expect(allowed(connect, { action: 99 as Action, until: undefined }, { action: Action.UNSPECIFIED, until: undefined })).toEqual([
      'connect',
    ]);
  });

  it('are refused without "connect"', () => {
    expect(() => allowed({ action: Action.UPLOAD, until: undefined })).toThrow(GrantUnreadable);
    expect(() => allowed({ action: 99 as Action, until: undefined })).toThrow(GrantUnreadable);
  });
});
