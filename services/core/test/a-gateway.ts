import { createHash } from 'node:crypto';
import { uuidv7 } from '@sallyport/context';
import { AccessServiceService } from '@sallyport/proto-gen/access/v1/access_service';
import type { AuthenticateRequest, AuthenticateResponse, Identity, NextStep, Refusal } from '@sallyport/proto-gen/access/v1/authenticate';
import type { AccessGrant, OpenSessionResponse } from '@sallyport/proto-gen/access/v1/session';
import { createClient, meshCredentials, type RpcClient } from '@sallyport/rpc';
import type { MeshIdentity } from '@sallyport/testkit';
import { CoreRpcServer } from '../src/rpc/index.js';
import type { TestCore } from './a-core.js';

const OPTIONS = { timeoutMs: 20_000 };

/** Returns the address of a core's gRPC server. */
export const rpcAddress = ({ core }: TestCore): string => `127.0.0.1:${core.app.get(CoreRpcServer).port}`;

/** Calls core as a gateway does, with a gateway's certificate unless another is set. */
export class TestGateway {
  readonly access: RpcClient<AccessServiceService>;
  readonly id = `gateway-${uuidv7()}`;

  constructor(core: TestCore, identity: MeshIdentity = core.mesh.gateway) {
    this.access = createClient(AccessServiceService, rpcAddress(core), { credentials: meshCredentials(identity), peer: 'core' });
  }

  /** Returns the source address of its users; a loopback address is never locked. */
  client(sourceIp = '127.0.0.1') {
    return { sourceIp, software: 'OpenSSH_9.2p1', gatewayId: this.id };
  }

  step(username: string, given: Partial<AuthenticateRequest> = {}): Promise<AuthenticateResponse> {
    const request: AuthenticateRequest = { username, client: this.client(), continuation: Buffer.alloc(0), proof: undefined, ...given };
    return this.access.unary('authenticate', request, OPTIONS);
  }

  password(username: string, password: string, continuation: Buffer = Buffer.alloc(0)): Promise<AuthenticateResponse> {
    return this.step(username, { continuation, proof: { $case: 'password', value: password } });
  }

  publicKey(username: string, blob: Buffer): Promise<AuthenticateResponse> {
    return this.step(username, { proof: { $case: 'publicKey', value: { blob } } });
  }

  answer(username: string, continuation: Buffer, ...answers: string[]): Promise<AuthenticateResponse> {
    return this.step(username, { continuation, proof: { $case: 'answers', value: { answers } } });
  }

  open(identity: Identity, asset: string, account = '', sessionId = uuidv7()): Promise<OpenSessionResponse> {
    return this.access.unary(
      'openSession',
      { identityToken: identity.token, target: { asset, account }, client: this.client(), sessionId },
      OPTIONS,
    );
  }

  async grant(identity: Identity, asset: string, account = ''): Promise<AccessGrant> {
    return granted(await this.open(identity, asset, account));
  }

  async renew(...sessionIds: string[]) {
    const request = { gatewayId: this.id, address: '127.0.0.1:2222', sessionIds, stored: [], digest: undefined };
    return (await this.access.unary('renewLeases', request, OPTIONS)).end;
  }

  /** Renews by digest alone, as a gateway does unless core asks for the list. */
  renewByDigest(...sessionIds: string[]) {
    const sha256 = createHash('sha256')
      .update(Buffer.from([...sessionIds].sort().join('').replaceAll('-', ''), 'hex'))
      .digest();
    const digest = { count: sessionIds.length, sha256 };
    return this.access.unary('renewLeases', { gatewayId: this.id, address: '127.0.0.1:2222', sessionIds: [], stored: [], digest }, OPTIONS);
  }

  close(): void {
    this.access.close();
  }
}

export function next({ outcome }: AuthenticateResponse): NextStep {
  if (outcome?.$case !== 'next') throw new Error(`not a next step: ${outcome?.$case}`);
  return outcome.value;
}

export function identity({ outcome }: AuthenticateResponse): Identity {
  if (outcome?.$case !== 'granted') throw new Error(`not signed in: ${JSON.stringify(outcome)}`);
  return outcome.value;
}

export function refusalOf(response: AuthenticateResponse | OpenSessionResponse): Refusal {
  const decided = 'outcome' in response ? response.outcome : response.decision;
  if (decided?.$case !== 'refused') throw new Error(`not refused: ${decided?.$case}`);
  return decided.value;
}

export function granted({ decision }: OpenSessionResponse): AccessGrant {
  if (decision?.$case !== 'grant') throw new Error(`not granted: ${JSON.stringify(decision)}`);
  return decision.value;
}
