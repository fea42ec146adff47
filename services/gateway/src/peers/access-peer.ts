import type { AuthenticateRequest, AuthenticateResponse, ReportFailedSignInsRequest } from '@sallyport/proto-gen/access/v1/authenticate';
import { AccessServiceService } from '@sallyport/proto-gen/access/v1/access_service';
import type { RenewLeasesRequest, RenewLeasesResponse } from '@sallyport/proto-gen/access/v1/lease';
import type {
  CloseSessionRequest,
  OpenSessionRequest,
  OpenSessionResponse,
  ReportHostKeyRequest,
  ReportHostKeyResponse,
} from '@sallyport/proto-gen/access/v1/session';
import type { CheckSignInsRequest, CheckSignInsResponse } from '@sallyport/proto-gen/access/v1/sign_in';
import type { ListGrantedRequest, ListGrantedResponse } from '@sallyport/proto-gen/access/v1/target';
import type { RpcClient } from '@sallyport/rpc';

/** The calls of the gateway to core. Every call has a deadline and rejects with a RemoteError. */
export interface AccessPeer {
  authenticate(request: AuthenticateRequest): Promise<AuthenticateResponse>;
  reportFailedSignIns(request: ReportFailedSignInsRequest): Promise<void>;
  listGranted(request: ListGrantedRequest): Promise<ListGrantedResponse>;
  openSession(request: OpenSessionRequest): Promise<OpenSessionResponse>;
  reportHostKey(request: ReportHostKeyRequest): Promise<ReportHostKeyResponse>;
  renewLeases(request: RenewLeasesRequest): Promise<RenewLeasesResponse>;
  checkSignIns(request: CheckSignInsRequest): Promise<CheckSignInsResponse>;
  closeSession(request: CloseSessionRequest): Promise<void>;
}

/** A user waits: long enough for core to restart, short enough for an error message. */
const USER_WAITS = { timeoutMs: 8_000, waitForReady: true };
/** A task in the background waits, and tries again soon. */
const BACKGROUND = { timeoutMs: 4_000 };

export function createAccessPeer(client: RpcClient<typeof AccessServiceService>): AccessPeer {
  return {
    authenticate: (request) => client.unary('authenticate', request, USER_WAITS),
    reportFailedSignIns: async (request) => {
      await client.unary('reportFailedSignIns', request, BACKGROUND);
    },
    listGranted: (request) => client.unary('listGranted', request, USER_WAITS),
    openSession: (request) => client.unary('openSession', request, USER_WAITS),
    reportHostKey: (request) => client.unary('reportHostKey', request, USER_WAITS),
    renewLeases: (request) => client.unary('renewLeases', request, BACKGROUND),
    checkSignIns: (request) => client.unary('checkSignIns', request, BACKGROUND),
    closeSession: async (request) => {
      await client.unary('closeSession', request, BACKGROUND);
    },
  };
}
