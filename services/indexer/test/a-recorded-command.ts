import { uuidv7 } from '@sallyport/context';
import { CommandKind, CommandRecorded, RiskLevel } from '@sallyport/proto-gen/command/v1/command_event';

/** A command as the recorder publishes it. */
export const aRecordedCommand = (wishes: Partial<CommandRecorded> = {}): CommandRecorded => ({
  id: uuidv7(),
  sessionId: 's-1',
  seq: 12n,
  orgId: 'org-1',
  userId: 'u-1',
  username: 'alice',
  assetId: 'a-1',
  assetName: 'web-1',
  account: 'root',
  channel: 1,
  kind: CommandKind.TYPED,
  input: 'systemctl restart nginx',
  output: 'done',
  riskLevel: RiskLevel.ACCEPT,
  timestamp: new Date(),
  ...wishes,
});
