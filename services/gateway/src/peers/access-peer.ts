import type { AuthenticateRequest, AuthenticateResponse } from '@sallyport/proto-gen/access/v1/authenticate';
import { AccessServiceService } from '@sallyport/proto-gen/access/v1/access_service';
import type { RenewLeasesRequest, RenewLeasesResponse } from '@sallyport/proto-gen/access/v1/lease';
import type {
  CloseSessionRequest,
  OpenSessionRequest,
  OpenSessionResponse,
  ReportHostKeyRequest,
  ReportHostKeyResponse,
} from '@sallyport/proto-gen/access/v1/session';
import type { ListGrantedRequest, ListGrantedResponse } from '@sallyport/proto-gen/access/v1/target';
import type { RpcClient } from '@sallyport/rpc';

/** What the gateway asks core. Every call has a deadline and fails with a RemoteError. */
export interface AccessPeer {
  authenticate(request: AuthenticateRequest): Promise<AuthenticateResponse>;
  listGranted(request: ListGrantedRequest): Promise<ListGrantedResponse>;
  openSession(request: OpenSessionRequest): Promise<OpenSessionResponse>;
  reportHostKey(request: ReportHostKeyRequest): Promise<ReportHostKeyResponse>;
  renewLeases(request: RenewLeasesRequest): Promise<RenewLeasesResponse>;
  closeSession(request: CloseSessionRequest): Promise<void>;
}

/** A person waits: long enough for core to come back from a restart, short enough to be told. */
const PERSON_WAITS = { timeoutMs: 8_000, waitForReady: true };
/** Nobody waits, and the next round comes soon. */
const NOBODY_WAITS = { timeoutMs: 4_000 };

export function createAccessPeer(client: RpcClient<typeof AccessServiceService>): AccessPeer {
  return {
    authenticate: (request) => client.unary('authenticate', request, PERSON_WAITS),
    listGranted: (request) => client.unary('listGranted', request, PERSON_WAITS),
    openSession: (request) => client.unary('openSession', request, PERSON_WAITS),
    reportHostKey: (request) => client.unary('reportHostKey', request, PERSON_WAITS),
    renewLeases: (request) => client.unary('renewLeases', request, NOBODY_WAITS),
    closeSession: async (request) => {
      await client.unary('closeSession', request, NOBODY_WAITS);
    },
  };
}
