import type { SessionView } from '@sallyport/contracts';
import type { AssertNever } from '../../resource/index.js';
import type { Session } from './session.repository.js';

type Shown =
  | 'id'
  | 'state'
  | 'endReason'
  | 'userId'
  | 'username'
  | 'assetId'
  | 'assetName'
  | 'address'
  | 'port'
  | 'accountId'
  | 'account'
  | 'permissionId'
  | 'protocol'
  | 'sourceIp'
  | 'clientSoftware'
  | 'gatewayId'
  | 'recordingMode'
  | 'dateStart'
  | 'dateEnd'
  | 'dateExpires'
  | 'hostKeyFingerprint'
  | 'detail'
  | 'orgId'
  | 'dateTerminateAsked'
  | 'terminateAskedBy';
/** Columns of the lease, of the recording's proof (see the list of session proofs) and of core's own decisions. The audit log contains the key of the sign-in. */
type Hidden =
  | 'actions'
  | 'signInKeyId'
  | 'signInPasswordGeneration'
  | 'dateLeaseExpires'
  | 'isListed'
  | 'lastSeq'
  | 'recordingLink'
  | 'terminateMessage';
export type EveryColumnDecided = AssertNever<Exclude<keyof Session, Shown | Hidden>>;

/** Converts a session to its REST representation. */
export const toSessionView = (it: Session): SessionView => ({
  id: it.id,
  state: it.state,
  end_reason: it.endReason,
  ended_by: it.state === 'active' || it.endReason === 'terminated' ? it.terminateAskedBy : null,
  user: it.username,
  user_id: it.userId,
  asset: it.assetName,
  asset_id: it.assetId,
  address: it.address,
  port: it.port,
  account: it.account,
  account_id: it.accountId,
  permission: it.permissionId,
  protocol: it.protocol,
  remote_addr: it.sourceIp,
  client: it.clientSoftware,
  gateway: it.gatewayId,
  recording_mode: it.recordingMode,
  date_start: it.dateStart.toISOString(),
  date_end: it.dateEnd?.toISOString() ?? null,
  date_expires: it.dateExpires?.toISOString() ?? null,
  duration_seconds: it.dateEnd ? (it.dateEnd.getTime() - it.dateStart.getTime()) / 1000 : null,
  host_key: it.hostKeyFingerprint,
  is_termination_asked: it.dateTerminateAsked !== null,
  detail: it.detail,
  org: it.orgId,
});
