import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { FrameKind } from '@sallyport/recording-format';
import { openShell, runSftp, runSsh } from '@sallyport/testkit';
import { aGateway, type TestGateway } from './a-gateway.js';

let g: TestGateway;
beforeAll(async () => {
  g = await aGateway();
});
afterAll(() => g.stop());

describe('several channels on one connection', () => {
  it('share one session, and each is recorded', async () => {
    const options = [`ControlPath=${g.folder.path}/control`];
    const master = openShell({ ...g.alice(), options: ['ControlMaster=yes', ...options] });
    master.type('echo $((40+2))\n');
    await master.expect('42');
    const opened = g.core.opened.length;
    const names = ['one', 'two', 'three', 'four', 'five'];
    const results = await Promise.all(
      names.map((name, code) => runSsh({ ...g.alice(), options, command: `sleep 0.2; echo ${name}; exit ${code}` })),
    );
    expect(results.map(({ code, stdout }) => [code, stdout.toString()])).toEqual(names.map((name, code) => [code, `${name}\n`]));
    expect(await runSftp({ ...g.alice(), options }, ['pwd'])).toMatchObject({ code: 0 });
    expect(g.core.opened.length).toBe(opened);
    master.type('exit\n');
    await master.exited;
    const recording = g.recordings.last;
    await vi.waitFor(() => expect(recording.isClosed).toBe(true), 8_000);
    const kinds = recording.facts(FrameKind.channelOpen).map((fact) => (fact as { kind: string }).kind);
    expect(kinds).toEqual(['shell', 'exec', 'exec', 'exec', 'exec', 'exec', 'sftp']);
    const texts = [2, 3, 4, 5, 6].map((channel) => recording.text(channel).trim());
    expect(texts.toSorted()).toEqual(names.toSorted());
    expect(recording.facts(FrameKind.channelClose)).toHaveLength(7);
  });

  it('end each with its own exit code, also if the client closes its channel before the exit', async () => {
    const options = [`ControlPath=${g.folder.path}/control3`];
    const master = openShell({ ...g.alice(), options: ['ControlMaster=yes', ...options] });
    master.type('echo $((40+2))\n');
    await master.expect('42');
    for (let round = 0; round < 12; round += 1) {
      const results = await Promise.all(
        [0, 1, 2, 3].map((code) =>
          runSsh({ ...g.alice(), options, command: `echo ${code}; exec >&- 2>&-; sleep 0.0${code}; exit ${code}` }),
        ),
      );
      expect(results.map(({ code, stdout }) => [code, stdout.toString()])).toEqual([0, 1, 2, 3].map((code) => [code, `${code}\n`]));
    }
    master.type('exit\n');
    await master.exited;
  });

  it('that are opened at the same time share one session', async () => {
    const options = [`ControlPath=${g.folder.path}/control2`];
    const before = g.core.opened.length;
    const master = openShell({ ...g.alice(), options: ['ControlMaster=yes', 'SessionType=none', ...options] });
    await vi.waitFor(
      async () => expect((await runSsh({ ...g.alice(), options: [...options, 'ControlMaster=no'], flags: ['-O', 'check'] })).code).toBe(0),
      8_000,
    );
    const results = await Promise.all([1, 2, 3].map((n) => runSsh({ ...g.alice(), options, command: `echo ${n}` })));
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(g.core.opened.length).toBe(before + 1);
    await master.close();
  });
});
