import type { Clock } from '@sallyport/context';
import { AppError } from '@sallyport/errors';
import { ConnectivityOutcome, type ClaimConnectivityTestResponse, type TasksServiceService } from '@sallyport/proto-gen/task/v1/tasks';
import { HostKeyVerdict } from '@sallyport/proto-gen/access/v1/session';
import type { RpcClient } from '@sallyport/rpc';
import type { Logger } from '@sallyport/telemetry';
import { trySshLogin, type HostKeyDecision, type LoginAttempt, type LoginOutcome, type ProvenKey } from '../ssh/index.js';

/** Collaborators of the task. */
export interface ConnectivityTestDeps {
  readonly core: Pick<RpcClient<typeof TasksServiceService>, 'unary'>;
  readonly workerId: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

const LOGIN_TIMEOUT_MS = 15_000;
const CALL_TIMEOUT_MS = 5_000;

/** A claim lacks its secret. */
class ClaimIncomplete extends AppError {
  readonly code = 'CLAIM_INCOMPLETE';
  readonly kind = 'invalid';
}

const OUTCOME = {
  ok: ConnectivityOutcome.OK,
  unreachable: ConnectivityOutcome.UNREACHABLE,
  auth_failed: ConnectivityOutcome.AUTH_FAILED,
  host_key_changed: ConnectivityOutcome.HOST_KEY_CHANGED,
  host_key_unknown: ConnectivityOutcome.HOST_KEY_UNKNOWN,
} satisfies Record<LoginOutcome, ConnectivityOutcome>;

/**
 * Tests an account's login and reports the outcome. Safe to run again: a finished or deleted task is left alone, and a repeated report
 * changes nothing. Throws while core is away; the message then comes again.
 */
export async function runConnectivityTest(deps: ConnectivityTestDeps, taskId: string): Promise<void> {
  const { core, workerId, clock, logger } = deps;
  const claim = await claimTask(deps, taskId);
  if (!claim) return;
  const begun = clock.monotonic();
  const result = await trySshLogin({ ...attemptOf(claim), checkHostKey: (key) => checkHostKey(deps, taskId, key) });
  const durationMs = Math.round(clock.monotonic() - begun);
  await core.unary(
    'reportConnectivityTest',
    { taskId, outcome: OUTCOME[result.outcome], detail: result.detail, durationMs },
    { timeoutMs: CALL_TIMEOUT_MS },
  );
  logger.info({ task: taskId, worker: workerId, outcome: result.outcome, durationMs }, 'connectivity tested');
}

async function claimTask(
  { core, workerId, logger }: ConnectivityTestDeps,
  taskId: string,
): Promise<ClaimConnectivityTestResponse | undefined> {
  try {
    return await core.unary('claimConnectivityTest', { taskId, workerId }, { timeoutMs: CALL_TIMEOUT_MS });
  } catch (error) {
    const isSettled = error instanceof AppError && (error.kind === 'conflict' || error.kind === 'not_found');
    if (!isSettled) throw error;
    logger.info({ task: taskId, code: error.code }, 'nothing left to test');
    return undefined;
  }
}

/** Asks core, which pins a first key where that is the policy. Anything but its trust is a refusal. */
async function checkHostKey({ core }: ConnectivityTestDeps, taskId: string, { algorithm, blob }: ProvenKey): Promise<HostKeyDecision> {
  const { verdict, problem } = await core.unary('checkHostKey', { taskId, hostKey: { algorithm, blob } }, { timeoutMs: CALL_TIMEOUT_MS });
  if (verdict === HostKeyVerdict.TRUSTED) return { verdict: 'trusted' };
  return { verdict: verdict === HostKeyVerdict.UNKNOWN ? 'host_key_unknown' : 'host_key_changed', problem };
}

function attemptOf({ address, port, credential, hostKeys }: ClaimConnectivityTestResponse): Omit<LoginAttempt, 'checkHostKey'> {
  if (!credential?.secret) throw new ClaimIncomplete('Core sent no secret to test with');
  const secret =
    credential.secret.$case === 'password'
      ? ({ kind: 'password', password: credential.secret.value } as const)
      : ({ kind: 'private_key', pem: credential.secret.value.pem } as const);
  return { address, port, username: credential.username, secret, pinned: hostKeys, timeoutMs: LOGIN_TIMEOUT_MS };
}
