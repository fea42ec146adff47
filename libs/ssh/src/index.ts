export { DisconnectReason, SshProtocolError, SshReader, SshWriter } from './wire/index.js';
export {
  selectCrypto,
  type CipherName,
  type CryptoMode,
  type CryptoProvider,
  type KexName,
  type MacName,
} from './crypto/index.js';
export {
  checkCertificate,
  fingerprint,
  formatPrivateKey,
  formatPublicKeyLine,
  generatePrivateKey,
  isInAddressPatterns,
  isInCidrList,
  isSameKey,
  keyTypeOf,
  MODERN_CERTIFICATE_ALGORITHMS,
  MODERN_SIGNATURE_ALGORITHMS,
  parseAnyKeyBlob,
  parseAuthorizedKeys,
  parseAuthorizedKeysLine,
  parseCertificate,
  parseOfferedKey,
  parsePrivateKey,
  parsePublicKeyBlob,
  parsePublicKeyLine,
  parseRevocationList,
  privateKeyFromKeyObject,
  publicKeyFromKeyObject,
  SshKeyError,
  verifySignature,
  type AuthorizedKey,
  type AuthorizedKeyOptions,
  type AuthorizedKeyProblem,
  type Certificate,
  type CertificateAlgorithm,
  type CertificateGrants,
  type ParseCertificateOptions,
  type CertificatePolicy,
  type CertificateType,
  type CertificateVerdict,
  type FidoStatement,
  type KeyKind,
  type KeyProblem,
  type KeyType,
  type OfferedKey,
  type PrivateKey,
  type PublicKey,
  type PublicKeyLine,
  type RevocationList,
  type SignatureAlgorithm,
  type Signer,
  type VerifyPolicy,
  type VerifyResult,
} from './keys/index.js';
export { legacyOffer, modernOffer, withHostCertificates, type AlgorithmOffer } from './transport/algorithm-offer.js';
export { systemClock, type Clock, type Timer } from './transport/clock.js';
export { ConnectionLost, LocalDisconnect, PeerDisconnected } from './transport/connection-end.js';
export type { HostIdentity } from './transport/host-identity.js';
export type { PresentedHostKey } from './transport/key-exchange.js';
export { DEFAULT_TRANSPORT_LIMITS, type TransportLimits } from './transport/limits.js';
export type { NegotiatedAlgorithms } from './transport/negotiate.js';
export type { ByteSocket } from './transport/packet-writer.js';
export { SshTransport, type TransportListener, type TransportOptions } from './transport/ssh-transport.js';
export {
  ConversationAbandoned,
  ProvenKey,
  type Attempt,
  type KeyQuery,
  type Prompt,
  type PromptSet,
  type ServerAuthenticator,
  type UnusableKey,
  type Verdict,
} from './authentication/attempt.js';
export { AuthenticationFailed, type ClientMethod } from './authentication/client-method.js';
export { DEFAULT_AUTHENTICATION_LIMITS, type AuthenticationLimits } from './authentication/limits.js';
export { GRACE_EXCEEDED, type HandshakeStep, type Login, type ServerHandshake } from './authentication/server-authentication.js';
export type { Channel } from './connection/channel.js';
export type { ChannelHandler } from './connection/channel-handler.js';
export type { ChannelKind, SshAddress } from './connection/channel-kind.js';
export type { ChannelRequest, ChannelRequestDetails, TerminalSize } from './connection/channel-request.js';
export { ChannelStream, openStream, type ChannelStreamOptions } from './connection/channel-stream.js';
export {
  decodeBoundPort,
  encodeBoundPort,
  type GlobalReply,
  type GlobalRequest,
  type GlobalRequestDetails,
} from './connection/global-request.js';
export { askHostKeyProof } from './connection/host-key-rotation.js';
export type { IncomingChannel } from './connection/incoming-channel.js';
export { keepAlive, type KeepaliveOptions } from './connection/keepalive.js';
export { DEFAULT_CONNECTION_LIMITS, type ConnectionLimits } from './connection/limits.js';
export { ChannelOpenFailed, OpenFailureReason } from './connection/open-failure.js';
export { CommandRefused, runCommand, type CommandOptions, type CommandResult } from './connection/run-command.js';
export { connectSsh, type ClientOptions } from './connection/ssh-client.js';
export { SshConnection, type ConnectionHandler } from './connection/ssh-connection.js';
export { serveSsh, type ServerApplication, type ServerOptions } from './connection/ssh-server.js';
export { coupleChannels, type Relay, type RelayOptions } from './relay/relay.js';
export { relayOpen, type RelayOpenOptions } from './relay/relay-open.js';
export type { FilterOutput, RelayDirection, RelayFilter, RelayTap } from './relay/tap.js';
export { auditSftp } from './sftp/audit-tap.js';
export { SftpStatus } from './sftp/message.js';
export type { SftpAttributes, SftpEvent, SftpOperation, SftpOutcome } from './sftp/operation.js';
export type { SftpAuditOptions } from './sftp/sftp-audit.js';
export { filterSftp, type SftpFilter, type SftpFilterOptions, type SftpRefusal } from './sftp/sftp-filter.js';
