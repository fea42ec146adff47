import { uuidv7 } from '@sallyport/context';
import { CommandKind, CommandRecorded, RiskLevel } from '@sallyport/proto-gen/command/v1/command_event';
import { describe, expect, it } from 'vitest';
import { commandFromEvent, CommandInvalid } from './command-from-event.js';

const event = (wishes: Partial<CommandRecorded> = {}): CommandRecorded => ({
  ...CommandRecorded.fromPartial({
    id: uuidv7(),
    sessionId: 's',
    orgId: 'o',
    kind: CommandKind.EXEC,
    riskLevel: RiskLevel.WARNING,
    input: 'secret words',
    timestamp: new Date(),
  }),
  ...wishes,
});

describe('a recorded command', () => {
  it('may lack every optional field', () => {
    expect(commandFromEvent(event())).toMatchObject({
      kind: CommandKind.EXEC,
      riskLevel: RiskLevel.WARNING,
      username: '',
      account: '',
      output: '',
    });
  });

  it('has the size of its output if the gateway sent it', () => {
    expect(commandFromEvent(event({ outputTruncated: true, outputBytes: 70_000n }))).toMatchObject({
      outputTruncated: true,
      outputBytes: 70_000n,
    });
    expect(commandFromEvent(event())).toMatchObject({ outputTruncated: undefined, outputBytes: undefined });
  });

  it('has one id in any case of letters', () => {
    const id = uuidv7();
    expect(commandFromEvent(event({ id: id.toUpperCase() })).id).toBe(id);
  });

  it.each([
    ['id', { id: 'x' }],
    ['sessionId', { sessionId: '' }],
    ['orgId', { orgId: '' }],
    ['kind', { kind: CommandKind.UNSPECIFIED }],
    ['riskLevel', { riskLevel: 77 as RiskLevel }],
    ['timestamp', { timestamp: undefined }],
    ['timestamp', { timestamp: new Date(Number.NaN) }],
    ['timestamp', { timestamp: new Date('1970-01-01T00:00:00Z') }],
    ['timestamp', { timestamp: new Date('+020000-01-01T00:00:00Z') }],
    ['seq', { seq: 2n ** 63n }],
    ['outputBytes', { outputBytes: 2n ** 63n }],
    ['username', { username: 'x'.repeat(513) }],
  ])('is refused for its %s, without quoting the input', (field, wishes) => {
    const refuse = (): unknown => commandFromEvent(event(wishes));
    expect(refuse).toThrow(CommandInvalid);
    expect(refuse).toThrow(new RegExp(`can't be kept: ${field}: `));
    expect(refuse).not.toThrow(/secret words/);
  });
});
