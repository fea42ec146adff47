import type { SessionEntity } from './session.entity.js';

/** A session as the domain sees it. */
export type Session = Readonly<SessionEntity>;

/** Columns of a session that is opened. */
export type NewSession = Pick<
  Session,
  | 'id'
  | 'orgId'
  | 'userId'
  | 'username'
  | 'assetId'
  | 'assetName'
  | 'address'
  | 'port'
  | 'accountId'
  | 'account'
  | 'permissionId'
  | 'actions'
  | 'signInKeyId'
  | 'signInPasswordGeneration'
  | 'sourceIp'
  | 'clientSoftware'
  | 'gatewayId'
  | 'recordingMode'
  | 'dateStart'
  | 'dateExpires'
  | 'dateLeaseExpires'
  | 'hostKeyFingerprint'
>;

/** Columns of a session that is closed. */
export type ClosingSession = Pick<
  Session,
  'id' | 'orgId' | 'state' | 'dateStart' | 'username' | 'account' | 'assetName' | 'lastSeq' | 'recordingLink' | 'terminateAskedBy'
>;

/** An active session whose lease has ended: its own, and that of its gateway if the gateway lists it. */
export type OverdueSession = ClosingSession & Pick<Session, 'gatewayId' | 'isListed'> & { readonly leaseEnded: Date };
