import { uuidv7 } from '@sallyport/context';
import { CommandCertainty, CommandKind, CommandRecorded } from '@sallyport/proto-gen/command/v1/command_event';
import { freePort } from '@sallyport/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aCore, type TestCore } from './a-core.js';
import { identity, TestGateway } from './a-gateway.js';
import { FakeIndexer, PeerRefusal } from './some-peers.js';
import { aWorkplace, PASSWORD } from './some-people.js';

let core: TestCore;
let indexer: FakeIndexer;
let port: number;
beforeAll(async () => {
  port = await freePort();
  core = await aCore({ CORE_INDEXER_ADDRESS: `127.0.0.1:${port}` });
  indexer = new FakeIndexer();
});
afterAll(() => core.stop());

const search = () => core.call('GET', 'terminal/commands?search=ls', { token: core.admin });

it('an indexer that is not there is named, with what to do', async () => {
  expect(await search()).toMatchObject({
    status: 503,
    json: { error: { code: 'INDEXER_UNAVAILABLE', message: expect.stringContaining('None are lost') } },
  });
});

it('a command says whether its output was cut, and how much it was', async () => {
  const running = await indexer.start(core, port);
  const command = CommandRecorded.fromPartial({
    id: uuidv7(),
    kind: CommandKind.EXEC,
    input: 'seq 99999',
    output: '1',
    timestamp: new Date(),
  });
  indexer.answer = { ...indexer.answer, commands: [{ ...command, outputTruncated: true, outputBytes: 488_888n }, command] };
  expect((await search()).json['results']).toMatchObject([
    { output: '1', output_truncated: true, output_bytes: 488_888 },
    { output_truncated: null, output_bytes: null },
  ]);
  await running.stop();
});

it('a command has the certainty of its line', async () => {
  const running = await indexer.start(core, port);
  const command = CommandRecorded.fromPartial({ id: uuidv7(), kind: CommandKind.TYPED, input: 'ls', timestamp: new Date() });
  indexer.answer = { ...indexer.answer, commands: [{ ...command, certainty: CommandCertainty.INFERRED }, command] };
  expect((await search()).json['results']).toMatchObject([{ certainty: 'inferred' }, { certainty: null }]);
  await running.stop();
});

it('a line that a program read has the kind "program" and the name of the program', async () => {
  const running = await indexer.start(core, port);
  const command = CommandRecorded.fromPartial({ id: uuidv7(), kind: CommandKind.TYPED, input: 'ls', timestamp: new Date() });
  indexer.answer = { ...indexer.answer, commands: [{ ...command, kind: CommandKind.PROGRAM, program: 'sqlite3' }, command] };
  expect((await search()).json['results']).toMatchObject([
    { kind: 'program', program: 'sqlite3' },
    { kind: 'typed', program: null },
  ]);
  await running.stop();
});

it('a command says where in the replay of its session it is', async () => {
  const running = await indexer.start(core, port);
  const gateway = new TestGateway(core);
  const place = await aWorkplace(core);
  const { sessionId } = await gateway.grant(identity(await gateway.password(place.username, PASSWORD)), place.asset);
  gateway.close();
  const began = (await core.call('GET', `terminal/sessions/${sessionId}`, { token: core.admin })).json['date_start'] as string;
  const command = CommandRecorded.fromPartial({
    ...{ id: uuidv7(), kind: CommandKind.TYPED, input: 'ls', channel: 2, sessionId },
    timestamp: new Date(Date.parse(began) + 12_500),
  });
  indexer.answer = { ...indexer.answer, commands: [command, { ...command, sessionId: uuidv7() }, { ...command, sessionId: 'odd' }] };
  expect((await search()).json['results']).toMatchObject([
    { channel: 2, offset_seconds: 12.5 },
    { offset_seconds: null },
    { offset_seconds: null },
  ]);
  await running.stop();
});

it('commands are filtered by kind, and another kind is refused with those there are', async () => {
  const running = await indexer.start(core, port);
  await core.call('GET', 'terminal/commands?kind=program', { token: core.admin });
  expect(indexer.asked.at(-1)).toMatchObject({ kind: CommandKind.PROGRAM });
  expect(await core.call('GET', 'terminal/commands?kind=sql', { token: core.admin })).toMatchObject({
    status: 400,
    json: { error: { message: expect.stringContaining('kind must be one of: typed, exec, file, piped, program') } },
  });
  await running.stop();
});

it('an error of the indexer reaches the client', async () => {
  const running = await indexer.start(core, port);
  indexer.refusal = new PeerRefusal(
    'COMMAND_SEARCH_TOO_SLOW',
    'unavailable',
    'The search took longer than 10 s and was stopped: narrow it down',
  );
  expect(await search()).toMatchObject({
    status: 503,
    json: { error: { code: 'COMMAND_SEARCH_TOO_SLOW', message: 'The search took longer than 10 s and was stopped: narrow it down' } },
  });
  await running.stop();
});
