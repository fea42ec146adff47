import { uuidv7 } from '@sallyport/context';
import { CommandKind, CommandRecorded, RiskLevel } from '@sallyport/proto-gen/command/v1/command_event';
import type { Command } from '../src/store/index.js';

/** Time of a command without an offset: a minute before the end of a month. */
export const START = Date.parse('2026-03-31T23:59:00.000Z');

/** Returns a command of one organization, `atMs` after START; the last second of March is 59,999. */
export const aCommand = (orgId: string, overrides: Partial<Command> = {}, atMs = 0): Command => ({
  ...CommandRecorded.fromPartial({
    id: uuidv7(),
    sessionId: 's-1',
    seq: 7n,
    orgId,
    userId: 'u-1',
    username: 'alice',
    assetId: 'a-1',
    assetName: 'web-1',
    account: 'root',
    channel: 3,
    input: 'ls',
  }),
  kind: CommandKind.TYPED,
  riskLevel: RiskLevel.ACCEPT,
  certainty: undefined,
  program: undefined,
  timestamp: new Date(START + atMs),
  ...overrides,
});
