import { experimental, type ChannelCredentials, type ServerCredentials } from '@grpc/grpc-js';
import { MeshIdentityFiles, type MeshFiles } from '@sallyport/config';
import type { Logger, Metrics } from '@sallyport/telemetry';
import { RenewedCertificates } from './renewed-certificates.js';

/** Credentials of one service for both sides of mutual TLS. New connections use the files as they are then. */
export interface MeshCredentials {
  readonly server: ServerCredentials;
  readonly channel: ChannelCredentials;
  /** Returns the end of the certificate that new connections use. */
  expiresAt(): Date;
}

/** Collaborators and values of credentials. */
export interface MeshCredentialsOptions {
  readonly logger?: Pick<Logger, 'info' | 'error'>;
  /** The interval at which the files are read again. */
  readonly refreshMs?: number;
}

const REFRESH_MS = 10_000;

/**
 * Reads the files, now and again while a server or client uses them. The error names a file that is missing, unreadable or does not fit the others.
 * Later such files are logged, and the old ones stay in force.
 */
export function meshCredentials(files: MeshFiles, { logger, refreshMs = REFRESH_MS }: MeshCredentialsOptions = {}): MeshCredentials {
  const identity = new MeshIdentityFiles(files, (problem) =>
    logger?.error({ problem }, 'renewed certificate files are refused; the old ones stay in force'),
  );
  const provider = new RenewedCertificates(identity, refreshMs, () =>
    logger?.info({ expiresAt: identity.current.expiresAt }, 'renewed certificate files are in force'),
  );
  return {
    server: experimental.createCertificateProviderServerCredentials(provider, provider, true),
    channel: experimental.createCertificateProviderChannelCredentials(provider, provider),
    expiresAt: () => identity.current.expiresAt,
  };
}

/** Registers the metric of the end of a service's certificate. */
export function showCertificate(metrics: Pick<Metrics, 'gauge'>, credentials: Pick<MeshCredentials, 'expiresAt'>): void {
  metrics.gauge(
    'mesh_certificate_expiry_timestamp_seconds',
    'End of the certificate that this service shows its peers, in seconds since 1970',
    [],
    () => credentials.expiresAt().getTime() / 1000,
    'min',
  );
}
