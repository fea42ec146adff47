import { AppError } from '@sallyport/errors';
import { AccessServiceService } from '@sallyport/proto-gen/access/v1/access_service';
import {
  AuthMethod,
  type AuthenticateRequest,
  type AuthenticateResponse,
  type FailedSignIn,
  type NextStep,
} from '@sallyport/proto-gen/access/v1/authenticate';
import type { EndedSession, RenewLeasesRequest } from '@sallyport/proto-gen/access/v1/lease';
import type { CheckSignInsRequest, RevokedSignIn } from '@sallyport/proto-gen/access/v1/sign_in';
import {
  Action,
  EndReason,
  HostKeyVerdict,
  RecordingMode,
  type AccessGrant,
  type CloseSessionRequest,
  type HostKey,
  type OpenSessionRequest,
  type OpenSessionResponse,
} from '@sallyport/proto-gen/access/v1/session';
import type { GrantedAsset } from '@sallyport/proto-gen/access/v1/target';
import { RpcServer, type Handlers, type MeshCredentials } from '@sallyport/rpc';
import { createLogger } from '@sallyport/telemetry';
import { fingerprintOf } from '../src/ssh/index.js';

/** A user in this core. */
export interface FakeUser {
  password?: string;
  /** Public key blobs. */
  keys?: Buffer[];
  /** A second factor: asked for by keyboard-interactive after the first. */
  code?: string;
  mustChangePassword?: boolean;
}

/** An asset in this core. Every user may use all its accounts. */
export interface FakeAsset {
  name: string;
  address: string;
  port: number;
  comment?: string;
  accounts: Record<string, { password: string } | { pem: string }>;
  pinned?: HostKey[];
}

class CoreAway extends AppError {
  readonly code = 'CORE_AWAY';
  readonly kind = 'unavailable';
}

/** Core as the gateway sees it: the real contract over real gRPC, with users and assets in memory. */
export class FakeCore {
  readonly users = new Map<string, FakeUser>();
  readonly assets: FakeAsset[] = [];
  readonly grantChanges: Partial<AccessGrant> = {};
  readonly authenticated: AuthenticateRequest[] = [];
  readonly opened: OpenSessionRequest[] = [];
  readonly closed: CloseSessionRequest[] = [];
  readonly failedSignIns: FailedSignIn[] = [];
  readonly renewed: RenewLeasesRequest[] = [];
  readonly reportedKeys: HostKey[] = [];
  /** Sent in the response to the next renewal. */
  readonly toEnd: EndedSession[] = [];
  /** Sign-ins that the response to the next check revokes, by user name. */
  readonly toRevoke = new Map<string, Omit<RevokedSignIn, 'connection'>>();
  readonly checked: CheckSignInsRequest[] = [];
  /** Names of all calls, in order. */
  readonly calls: string[] = [];
  isAway = false;
  /** Delay of each OpenSession response, in milliseconds. */
  openDelayMs = 0;
  /** Number of OpenSession requests, answered or not. */
  askedToOpen = 0;
  private server: RpcServer | undefined;

  constructor(private readonly credentials: MeshCredentials) {}

  start(): Promise<number> {
    this.server = new RpcServer({ credentials: this.credentials, logger: createLogger({ service: 'fake-core', level: 'silent' }) }).add(
      AccessServiceService,
      this.handlers(),
      { allow: ['gateway'] },
    );
    return this.server.listen('127.0.0.1', 0);
  }

  async stop(): Promise<void> {
    await this.server?.shutdown(100);
  }

  private handlers(): Handlers<typeof AccessServiceService> {
    return {
      authenticate: async (_, request) => this.present('authenticate', () => this.authenticate(request)),
      reportFailedSignIns: async (_, { failures }) =>
        this.present('reportFailedSignIns', () => {
          this.failedSignIns.push(...failures);
          return {};
        }),
      listGranted: async (_, { search, limit, offset }) =>
        this.present('listGranted', () => {
          const found = this.assets.map(asGranted).filter((asset) => `${asset.name} ${asset.address}`.includes(search));
          return { assets: found.slice(offset, offset + limit), count: found.length };
        }),
      openSession: async (_, request) => {
        this.askedToOpen++;
        await new Promise((resolve) => setTimeout(resolve, this.openDelayMs));
        return this.present('openSession', () => this.openSession(request));
      },
      reportHostKey: async (_, { hostKey }) => this.present('reportHostKey', () => this.reportHostKey(hostKey)),
      renewLeases: async (_, request) =>
        this.present('renewLeases', () => {
          this.renewed.push(request);
          return { end: this.toEnd.splice(0), isListNeeded: false };
        }),
      checkSignIns: async (_, request) =>
        this.present('checkSignIns', () => {
          this.checked.push(request);
          return {
            revoked: request.uses.flatMap(({ connection, identityToken }) => {
              const revoked = this.toRevoke.get(identityToken.toString());
              return revoked ? [{ connection, ...revoked }] : [];
            }),
          };
        }),
      closeSession: async (_, request) =>
        this.present('closeSession', () => {
          this.closed.push(request);
          return {};
        }),
    };
  }

  /** Verdict about a first key. */
  firstKey = HostKeyVerdict.TRUSTED;

  private present<T>(call: string, answer: () => T): T {
    this.calls.push(call);
    if (this.isAway) throw new CoreAway('core is away');
    return answer();
  }

  private authenticate(request: AuthenticateRequest): AuthenticateResponse {
    this.authenticated.push(request);
    const user = this.users.get(request.username);
    const step = request.continuation.toString() || 'first';
    if (!request.proof) return next(user, { continuation: Buffer.from('first') });
    if (step === 'code') return this.judgeCode(request, user);
    const { proof } = request;
    const isRight =
      proof.$case === 'password'
        ? user?.password !== undefined && proof.value === user.password
        : proof.$case === 'publicKey' && (user?.keys ?? []).some((key) => key.equals(proof.value.blob));
    if (!isRight) return next(user, { proofFailed: true, continuation: Buffer.from('first') });
    if (user?.code)
      return next(user, { partialSuccess: true, methods: [AuthMethod.KEYBOARD_INTERACTIVE], continuation: Buffer.from('code') });
    return granted(request.username, user);
  }

  private judgeCode(request: AuthenticateRequest, user: FakeUser | undefined): AuthenticateResponse {
    const answers = request.proof?.$case === 'answers' ? request.proof.value.answers : [];
    const codeStep = { methods: [AuthMethod.KEYBOARD_INTERACTIVE], continuation: Buffer.from('code') };
    if (answers.length === 0) return next(user, { ...codeStep, prompts: [{ text: 'Code: ', echo: false }], instruction: 'One more thing' });
    return answers[0] === user?.code ? granted(request.username, user) : next(user, { ...codeStep, proofFailed: true });
  }

  private openSession(request: OpenSessionRequest): OpenSessionResponse {
    this.opened.push(request);
    const wanted = request.target?.asset ?? '';
    const asset = this.assets.find(({ name, address }) => name === wanted || `id-of-${name}` === wanted || address === wanted);
    const accounts = Object.keys(asset?.accounts ?? {});
    const account = request.target?.account || (accounts.length === 1 ? accounts[0] : undefined);
    if (!asset || (account && !asset.accounts[account])) {
      return {
        decision: {
          $case: 'refused',
          value: { code: 'ACCESS_DENIED', message: `You may not use "${request.target?.account ?? ''}" on "${wanted}".` },
        },
      };
    }
    if (!account)
      return {
        decision: { $case: 'choose', value: { accounts: accounts.map((username) => ({ id: username, username })), assetName: asset.name } },
      };
    return { decision: { $case: 'grant', value: { ...grantFor(request, asset, account), ...this.grantChanges } } };
  }

  private reportHostKey(hostKey: HostKey | undefined): { verdict: HostKeyVerdict } {
    if (hostKey) this.reportedKeys.push(hostKey);
    const pinned = this.assets.flatMap((asset) => asset.pinned ?? []);
    return { verdict: pinned.length === 0 ? this.firstKey : HostKeyVerdict.CHANGED };
  }
}

const ALL_ACTIONS = [
  Action.CONNECT,
  Action.UPLOAD,
  Action.DOWNLOAD,
  Action.DELETE,
  Action.COPY,
  Action.PASTE,
  Action.SHARE,
  Action.FORWARD,
];

const ALL_METHODS = [AuthMethod.PUBLICKEY, AuthMethod.PASSWORD, AuthMethod.KEYBOARD_INTERACTIVE];

const next = (user: FakeUser | undefined, step: Partial<NextStep>): AuthenticateResponse => ({
  outcome: {
    $case: 'next',
    value: {
      methods: ALL_METHODS,
      acceptableKeys: (user?.keys ?? []).map(fingerprintOf),
      prompts: [],
      instruction: '',
      continuation: Buffer.alloc(0),
      partialSuccess: false,
      proofFailed: false,
      ...step,
    },
  },
});

const granted = (username: string, user: FakeUser | undefined): AuthenticateResponse => ({
  outcome: {
    $case: 'granted',
    value: {
      userId: `id-of-${username}`,
      username,
      token: Buffer.from(`token of ${username}`),
      mustChangePassword: user?.mustChangePassword === true,
    },
  },
});

const asGranted = (asset: FakeAsset): GrantedAsset => ({
  id: `id-of-${asset.name}`,
  name: asset.name,
  address: asset.address,
  comment: asset.comment ?? '',
  accounts: Object.keys(asset.accounts).map((username) => ({ id: username, username })),
});

function grantFor(request: OpenSessionRequest, asset: FakeAsset, account: string): AccessGrant {
  const secret = asset.accounts[account] ?? { password: '' };
  return {
    sessionId: request.sessionId,
    orgId: 'org',
    orgName: 'Org',
    userId: 'user',
    username: request.identityToken.toString().replace('token of ', ''),
    assetId: `id-of-${asset.name}`,
    assetName: asset.name,
    address: asset.address,
    port: asset.port,
    accountId: account,
    credential: {
      username: account,
      secret: 'pem' in secret ? { $case: 'privateKey', value: { pem: secret.pem } } : { $case: 'password', value: secret.password },
    },
    hostKeys: asset.pinned ?? [],
    recordingMode: RecordingMode.BEST_EFFORT,
    idleTimeout: undefined,
    expiresAt: undefined,
    expiryReason: EndReason.MAX_DURATION,
    lease: { seconds: 30n, nanos: 0 },
    maxOutputBytes: 10_000_000n,
    startedAt: new Date(),
    actions: ALL_ACTIONS.map((action) => ({ action, until: undefined })),
  };
}
