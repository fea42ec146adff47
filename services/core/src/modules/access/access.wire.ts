import {
  Action as ActionPb,
  RecordingMode,
  type AccessGrant as GrantPb,
  type ActionGrant as ActionGrantPb,
  type OpenSessionResponse,
} from '@sallyport/proto-gen/access/v1/session';
import type { GrantedAsset as GrantedAssetPb } from '@sallyport/proto-gen/access/v1/target';
import { credentialToPb, hostKeyToPb } from '../../rpc/index.js';
import type { Action, AllowedActions, GrantedAsset } from '../perms/index.js';
import { endReasonToPb } from '../sessions/index.js';
import type { AccessGrant, OpenDecision } from './open-session.service.js';

/** Converts a decision to the response of OpenSession. */
export function decisionToPb(decision: OpenDecision, leaseSeconds: number): OpenSessionResponse {
  switch (decision.decision) {
    case 'allow':
      return { decision: { $case: 'grant', value: grantToPb(decision.grant, leaseSeconds) } };
    case 'choose':
      return {
        decision: { $case: 'choose', value: { assetName: decision.asset.name, accounts: grantedAssetToPb(decision.asset).accounts } },
      };
    case 'deny':
      return { decision: { $case: 'refused', value: decision.refusal } };
  }
}

/** Converts a granted asset to an entry of the gateway's menu. */
export const grantedAssetToPb = ({ id, name, address, comment, accounts }: GrantedAsset): GrantedAssetPb => ({
  id,
  name,
  address,
  comment,
  accounts: accounts.map((account) => ({ id: account.id, username: account.username })),
});

/** Converts the verdict on a host key. */
function grantToPb({ session, asset, credential, hostKeys, actions, limits }: AccessGrant, leaseSeconds: number): GrantPb {
  return {
    sessionId: session.id,
    orgId: asset.orgId,
    orgName: asset.orgName,
    userId: session.userId,
    username: session.username,
    assetId: asset.id,
    assetName: asset.name,
    address: asset.address,
    port: asset.port,
    accountId: session.accountId,
    credential: credentialToPb(credential),
    hostKeys: hostKeys.map(hostKeyToPb),
    recordingMode: session.recordingMode === 'strict' ? RecordingMode.STRICT : RecordingMode.BEST_EFFORT,
    idleTimeout: wholeSeconds(limits.idleTimeoutSeconds),
    expiresAt: limits.expiresAt,
    expiryReason: endReasonToPb(limits.expiryReason),
    lease: wholeSeconds(leaseSeconds),
    maxOutputBytes: limits.maxOutputBytes,
    startedAt: session.dateStart,
    actions: actionsToPb(actions),
  };
}

const ACTION_PB: Record<Action, ActionPb> = {
  connect: ActionPb.CONNECT,
  upload: ActionPb.UPLOAD,
  download: ActionPb.DOWNLOAD,
  delete: ActionPb.DELETE,
  copy: ActionPb.COPY,
  paste: ActionPb.PASTE,
  share: ActionPb.SHARE,
  forward: ActionPb.FORWARD,
};

const actionsToPb = (actions: AllowedActions): ActionGrantPb[] =>
  [...actions].map(([action, { until }]) => ({ action: ACTION_PB[action], until: until ?? undefined }));

const wholeSeconds = (seconds: number) => ({ seconds: BigInt(seconds), nanos: 0 });
