import { systemClock as clock } from '@sallyport/context';
import { CommandView, pageOf, SessionView, SignInAnswer } from '@sallyport/contracts';
import { callApi, downloadFromApi } from '../rest/call-api.js';
import type { NamedKey } from '../verify/named-keys.js';
import { verifyBundle } from '../verify/verify-bundle.js';
import { clearRows } from './clear-rows.js';
import { adminOf, type Plan } from './plan.js';
import { runSession } from './run-session.js';
import { SelftestFailed } from './selftest.errors.js';
import { startTestAsset } from './test-asset.js';

/** Addresses of the installation, and the public keys of its recorders. */
export interface Installation {
  readonly url: string;
  /** host:port of SSH. */
  readonly gateway: string;
  readonly keys: readonly NamedKey[];
}

/** The command log and the replay are complete this long after a session, or something is wrong. */
const EVIDENCE_MS = 60_000;
const Commands = pageOf(CommandView.pick({ input: true, session: true, user: true, account: true }));
const Session = SessionView.pick({ state: true });

/** Runs a session through the gateway to an asset of its own, finds its command, verifies its replay, and removes the rows. Throws SelftestFailed. */
export async function runSelftest(at: Installation, plan: Plan, report: (line: string) => void): Promise<void> {
  const asset = await startTestAsset(plan);
  try {
    const word = `echo ${plan.name}`;
    const { output, hostKey } = await runSession(at.gateway, plan, word);
    if (output !== `ran: ${word}\n`) throw new SelftestFailed(`the output was ${JSON.stringify(output)}, not that of the command`);
    report(`ok  a session over ${at.gateway} (host key ${hostKey}) ran a command`);
    const { token } = await callApi(at.url, 'POST', 'authentication/auth', SignInAnswer.pick({ token: true }), {
      body: { username: adminOf(plan), password: plan.adminPassword },
    });
    const session = await findCommand(at.url, token, plan, word);
    report(`ok  the command is found, in session ${session}`);
    await verifyReplay(at, token, session);
    report('ok  the replay is complete, and its signature and hash chain are valid');
    await clearRows(at.url, token, plan);
    report('ok  the rows of the test are removed');
  } finally {
    asset.close();
  }
}

async function findCommand(url: string, token: string, plan: Plan, word: string): Promise<string> {
  const path = `terminal/commands?${new URLSearchParams({ search: plan.name })}`;
  const row = await eventually(async () => {
    const { results } = await callApi(url, 'GET', path, Commands, { token });
    return results.find(({ input }) => input === word);
  });
  if (row === undefined) throw new SelftestFailed(`the command "${word}" is not found ${EVIDENCE_MS / 1000} s after it ran`);
  return row.session;
}

async function verifyReplay({ url, keys }: Installation, token: string, session: string): Promise<void> {
  const isOver = async () =>
    (await callApi(url, 'GET', `terminal/sessions/${session}`, Session, { token })).state !== 'active' || undefined;
  if ((await eventually(isOver)) === undefined) throw new SelftestFailed(`the session ${session} is not over`);
  const bytes = await eventually(() =>
    downloadFromApi(url, `terminal/sessions/${session}/replay?format=bundle`, token).catch(() => undefined),
  );
  if (bytes === undefined) throw new SelftestFailed(`the session ${session} has no replay`);
  const { verdict, problems } = await verifyBundle(session, bytes, keys);
  if (verdict !== 'proven') throw new SelftestFailed(`the replay of session ${session} is not proven: ${problems.join('; ')}`);
}

/** Returns the first result of `look` that is not undefined; undefined if there is none in time. */
async function eventually<T>(look: () => Promise<T | undefined>): Promise<T | undefined> {
  const end = clock.now() + EVIDENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined || clock.now() > end) return found;
    await clock.sleep(500);
  }
}
