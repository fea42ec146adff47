import { uuidv7 } from '@sallyport/context';
import { AccessServiceService } from '@sallyport/proto-gen/access/v1/access_service';
import type { AuthenticateRequest } from '@sallyport/proto-gen/access/v1/authenticate';
import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import { createClient, meshCredentials, type RpcClient } from '@sallyport/rpc';
import { createHash } from 'node:crypto';
import type { LoadedCore } from './start-core.ts';

const OPTIONS = { timeoutMs: 20_000 };

/** A gateway as core sees it: an identity and a connection. The gateway checks signatures, so core needs none. */
export class CoreCaller {
  readonly id: string;
  private readonly access: RpcClient<AccessServiceService>;
  private readonly core: LoadedCore;

  constructor(core: LoadedCore, id: string) {
    this.core = core;
    this.id = id;
    this.access = createClient(AccessServiceService, core.address, { credentials: meshCredentials(core.gateway), peer: 'core' });
  }

  /** Runs a whole login: the methods, the key, the session, its end. */
  async login(): Promise<void> {
    const sessionId = await this.open();
    const end = { reason: EndReason.FINISHED, detail: '', lastSeq: 9n, link: Buffer.alloc(32, 1), endedAt: new Date() };
    await this.access.unary('closeSession', { sessionId, ...end }, OPTIONS);
  }

  /** Opens a session and returns its id. */
  async open(): Promise<string> {
    await this.step(undefined);
    const { outcome } = await this.step({ $case: 'publicKey', value: { blob: this.core.user.keyBlob } });
    if (outcome?.$case !== 'granted') throw new Error(`not signed in: ${outcome?.$case}`);
    const target = { asset: 'target', account: 'root' };
    const request = { identityToken: outcome.value.token, target, client: this.client, sessionId: uuidv7() };
    const { decision } = await this.access.unary('openSession', request, OPTIONS);
    if (decision?.$case !== 'grant') throw new Error(`no session: ${decision?.$case}`);
    return request.sessionId;
  }

  /** Renews by list, as a gateway does once its sessions are others than core knows. */
  renewByList(sessionIds: string[]) {
    return this.access.unary('renewLeases', { ...this.heartbeat, sessionIds, digest: undefined }, OPTIONS);
  }

  renewByDigest(sessionIds: readonly string[]) {
    const bytes = Buffer.from([...sessionIds].sort().join('').replaceAll('-', ''), 'hex');
    const digest = { count: sessionIds.length, sha256: createHash('sha256').update(bytes).digest() };
    return this.access.unary('renewLeases', { ...this.heartbeat, sessionIds: [], digest }, OPTIONS);
  }

  close(): void {
    this.access.close();
  }

  private step(proof: AuthenticateRequest['proof']) {
    const request = { username: this.core.user.name, client: this.client, continuation: Buffer.alloc(0), proof };
    return this.access.unary('authenticate', request, OPTIONS);
  }

  private get client() {
    return { sourceIp: '127.0.0.1', software: 'OpenSSH_9.2p1', gatewayId: this.id };
  }

  private get heartbeat() {
    return { gatewayId: this.id, address: '127.0.0.1:2222', stored: [] };
  }
}
