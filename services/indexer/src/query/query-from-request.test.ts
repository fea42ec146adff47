import { RiskLevel } from '@sallyport/proto-gen/command/v1/command_event';
import { SearchRequest } from '@sallyport/proto-gen/command/v1/command_search';
import { expect, it } from 'vitest';
import { queryFromRequest, SearchInvalid } from './query-from-request.js';

const request = (wishes: Partial<SearchRequest> = {}): SearchRequest => SearchRequest.fromPartial({ orgId: 'o', limit: 10, ...wishes });

it('ignores an empty field', () => {
  expect(queryFromRequest(request())).toEqual({ orgId: 'o', limit: 10, offset: 0 });
});

it('reads every condition', () => {
  const [dateFrom, dateTo] = [new Date('2026-01-01T00:00:00Z'), new Date('2026-02-01T00:00:00Z')];
  const wishes = { search: 'ls', user: 'u', asset: 'a', account: 'root', sessionId: 's', dateFrom, dateTo, offset: 10_000, limit: 1_000 };
  expect(queryFromRequest(request({ ...wishes, riskLevel: RiskLevel.REJECT }))).toEqual({
    ...wishes,
    orgId: 'o',
    riskLevel: RiskLevel.REJECT,
  });
});

it('names every problem at once', () => {
  const ask = (): unknown => queryFromRequest(request({ orgId: '', limit: 0, offset: 10_001, dateTo: new Date(Number.NaN) }));
  expect(ask).toThrow(SearchInvalid);
  for (const field of ['orgId', 'limit', 'offset', 'dateTo']) expect(ask).toThrow(new RegExp(`${field}: `));
});
