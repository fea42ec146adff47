import {
  type EndReason,
  RecordingMode,
  type AccessGrant as WireGrant,
  type AccountChoice,
  type Credential,
  type HostKey,
  type OpenSessionResponse,
} from '@sallyport/proto-gen/access/v1/session';
import type { Refusal } from '@sallyport/proto-gen/access/v1/authenticate';
import type { LoginCredential } from '../ssh/index.js';
import { readActions, type GrantedActions } from './granted-actions.js';
import { GrantUnreadable } from './session.errors.js';

/** The decision of core. */
export type AccessDecision =
  | { kind: 'granted'; grant: AccessGrant }
  | { kind: 'refused'; refusal: Refusal }
  /** The user may use several accounts and has to choose one. */
  | { kind: 'choose'; choice: AccountChoice };

/** Facts of a grant about its session. They contain no secret and may be logged. */
export interface GrantFacts {
  readonly sessionId: string;
  readonly orgId: string;
  readonly userId: string;
  readonly username: string;
  readonly assetId: string;
  readonly assetName: string;
  readonly account: string;
  readonly address: string;
  readonly port: number;
  readonly recordingMode: 'strict' | 'best-effort';
  readonly idleTimeoutMs: number | undefined;
  readonly expiresAt: Date | undefined;
  /** Reason that it ends with then. */
  readonly expiryReason: EndReason;
  readonly leaseMs: number;
  /** Bytes; 0 is without limit. */
  readonly maxOutputBytes: number;
  readonly startedAt: Date;
}

/**
 * The right to dial one asset as one account, once. Only a response of core creates one, and dialling takes nothing else, so an unauthorized dial
 * does not compile. The credential is behind a method and not in an enumerable field, so that no log contains it.
 */
export class AccessGrant {
  readonly #credential: LoginCredential;

  private constructor(
    readonly facts: GrantFacts,
    readonly pinnedKeys: readonly HostKey[],
    readonly actions: GrantedActions,
    credential: LoginCredential,
  ) {
    this.#credential = credential;
  }

  /** Reads core's decision. Throws GrantUnreadable if a required field is missing. */
  static decide({ decision }: OpenSessionResponse): AccessDecision {
    switch (decision?.$case) {
      case 'grant':
        return {
          kind: 'granted',
          grant: new AccessGrant(
            readFacts(decision.value),
            decision.value.hostKeys,
            readActions(decision.value.actions),
            readCredential(decision.value.credential),
          ),
        };
      case 'refused':
        return { kind: 'refused', refusal: decision.value };
      case 'choose':
        return { kind: 'choose', choice: decision.value };
      case undefined:
        throw new GrantUnreadable('Core’s response contains no decision');
    }
  }

  /** Returns the credential. Only the login on the asset calls it. */
  credential(): LoginCredential {
    return this.#credential;
  }
}

function readFacts(grant: WireGrant): GrantFacts {
  const account = grant.credential?.username;
  if (!grant.startedAt || !grant.lease || !account)
    throw new GrantUnreadable('Core’s grant lacks its start, lease or account', { session: grant.sessionId });
  return {
    sessionId: grant.sessionId,
    orgId: grant.orgId,
    userId: grant.userId,
    username: grant.username,
    assetId: grant.assetId,
    assetName: grant.assetName,
    account,
    address: grant.address,
    port: grant.port,
    recordingMode: readMode(grant.recordingMode),
    idleTimeoutMs: grant.idleTimeout && milliseconds(grant.idleTimeout),
    expiresAt: grant.expiresAt,
    expiryReason: grant.expiryReason,
    leaseMs: milliseconds(grant.lease),
    maxOutputBytes: Number(grant.maxOutputBytes),
    startedAt: grant.startedAt,
  };
}

/** Reads the recording mode. An unspecified mode is the strict one. */
const readMode = (mode: RecordingMode): 'strict' | 'best-effort' => (mode === RecordingMode.BEST_EFFORT ? 'best-effort' : 'strict');

const milliseconds = ({ seconds, nanos }: { seconds: bigint; nanos: number }): number => Number(seconds) * 1000 + nanos / 1e6;

function readCredential(credential: Credential | undefined): LoginCredential {
  switch (credential?.secret?.$case) {
    case 'password':
      return { username: credential.username, secret: { kind: 'password', password: credential.secret.value } };
    case 'privateKey':
      return { username: credential.username, secret: { kind: 'private-key', pem: credential.secret.value.pem } };
    case undefined:
      throw new GrantUnreadable('Core’s grant lacks its credential');
  }
}
