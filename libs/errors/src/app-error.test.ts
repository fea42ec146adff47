import { describe, expect, it } from 'vitest';
import { AppError, Bug, RemoteError, toAppError } from './app-error.js';
import { grpcStatus, httpStatus, kindOfGrpcStatus, logLevel, type ErrorKind } from './error-kind.js';

class AssetNotFound extends AppError {
  readonly code = 'ASSET_NOT_FOUND';
  readonly kind = 'not_found';
}

describe('AppError', () => {
  it('keeps code, kind, facts and cause', () => {
    const cause = new Error('row missing');
    const error = new AssetNotFound('Asset "web-1" was not found', { asset: 'web-1' }, { cause });
    expect({ ...error, message: error.message, cause: error.cause }).toEqual({
      code: 'ASSET_NOT_FOUND',
      kind: 'not_found',
      facts: { asset: 'web-1' },
      name: 'AssetNotFound',
      message: 'Asset "web-1" was not found',
      cause,
    });
  });

  it('hides an unexpected error behind a Bug that keeps the cause for the log', () => {
    const bug = toAppError(new Error('password=hunter2'));
    expect(bug).toBeInstanceOf(Bug);
    expect(bug.message).not.toContain('hunter2');
    expect((bug.cause as Error).message).toBe('password=hunter2');
  });

  it('passes an AppError through unchanged', () => {
    const error = new RemoteError('X_GONE', 'conflict', 'gone');
    expect(toAppError(error)).toBe(error);
  });
});

describe('error kinds', () => {
  const kinds: ErrorKind[] = ['invalid', 'unauthenticated', 'forbidden', 'not_found', 'conflict', 'limit', 'unavailable', 'bug'];
  it.each(kinds)('%s survives the way over gRPC', (kind) => {
    expect(kindOfGrpcStatus(grpcStatus(kind))).toBe(kind);
  });
  it('never answers a failure with a success status', () => {
    for (const kind of kinds) expect(httpStatus(kind)).toBeGreaterThanOrEqual(400);
  });
  it('maps a missed deadline to unavailable and an unknown status to a bug', () => {
    expect([kindOfGrpcStatus(4), kindOfGrpcStatus(2), logLevel('bug')]).toEqual(['unavailable', 'bug', 'error']);
  });
});
