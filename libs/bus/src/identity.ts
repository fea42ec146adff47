import { readFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import type { MeshIdentityFiles } from '@sallyport/config';
import type { NodeConnectionOptions } from '@nats-io/transport-node';
import { SERVER } from './services.js';

/** Files of the client's mesh certificate: it is the client's identity at NATS. */
export interface IdentityFiles {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** Client of a NATS server. */
export interface Client {
  /** `nats://host:port`, comma separated. TLS is always used. */
  readonly url: string;
  /** Name of the service, which is one of its certificate's DNS names. */
  readonly service: string;
  readonly identity: IdentityFiles;
}

/** Returns the prefix of the subjects on which an identity receives replies. */
export function inboxPrefix(service: string): string {
  return `_INBOX_${service}`;
}

/**
 * Returns the options of a connection. The files are read at every connection, so that renewed certificates are used. With `renewed` files that
 * don't fit together are not used.
 */
export function clientOptions({ url, service, identity }: Client, renewed?: MeshIdentityFiles): NodeConnectionOptions {
  // The server proves a name of its own, so that a service's certificate can't be used to pose as NATS.
  const tls = { ...(renewed ? {} : identity), servername: SERVER };
  if (renewed) Object.defineProperties(tls, propertiesOf(renewed));
  return { servers: url.split(','), tls, inboxPrefix: inboxPrefix(service) };
}

/** Returns properties that the NATS client reads at every connection. It reads the certificate first. */
const propertiesOf = (renewed: MeshIdentityFiles): PropertyDescriptorMap => ({
  cert: {
    enumerable: true,
    get: () => {
      renewed.refresh();
      return renewed.current.cert;
    },
  },
  ca: { enumerable: true, get: () => renewed.current.ca },
  key: { enumerable: true, get: () => renewed.current.key },
});

/** Checks that the files can be read and belong to the service. The error names the setting and the file. */
export function checkIdentity({ service, identity }: Pick<Client, 'service' | 'identity'>): void {
  read('RPC_CA_FILE', identity.caFile);
  read('RPC_KEY_FILE', identity.keyFile);
  const pem = read('RPC_CERT_FILE', identity.certFile);
  const names = dnsNames(pem, identity.certFile);
  if (!names.includes(service))
    throw new Error(
      `RPC_CERT_FILE: the certificate "${identity.certFile}" is for ${names.join(', ') || 'no DNS name'}, but NATS knows this service as "${service}": use a certificate with the DNS name ${service}`,
    );
}

function read(setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`${setting}: cannot read "${file}"`, { cause: error });
  }
}

function dnsNames(pem: string, file: string): string[] {
  try {
    const names = new X509Certificate(pem).subjectAltName?.split(', ') ?? [];
    return names.filter((name) => name.startsWith('DNS:')).map((name) => name.slice('DNS:'.length));
  } catch (error) {
    throw new Error(`RPC_CERT_FILE: "${file}" is not a certificate in PEM`, { cause: error });
  }
}

/** Returns the reason why no connection was made, with the remedy if the identity or TLS is the reason. */
export function connectionProblem(error: unknown, { service, identity }: Client): string {
  // `reason` is OpenSSL's text without file names and lines.
  const { message: whole, reason, code = '', cause } = error as NodeJS.ErrnoException & { reason?: string };
  const message = reason ?? whole;
  const text = `${code} ${message} ${cause instanceof Error ? cause.message : ''}`;
  if (/authorization violation/i.test(text))
    return `NATS refused the identity of ${service}: the server has no user "${service}"; check that its configuration includes permissions.conf and has verify_and_map (deploy/nats)`;
  if (/does not support 'tls'/.test(text)) return 'the NATS server does not offer TLS: configure it as in deploy/nats';
  if (/ALTNAME_INVALID/.test(text)) return `the certificate of the NATS server does not have the DNS name "${SERVER}" (${message})`;
  if (/SELF_SIGNED_CERT|UNABLE_TO_(VERIFY|GET_ISSUER)|DEPTH_ZERO|CERT_HAS_EXPIRED|CERT_SIGNATURE_FAILURE/.test(text))
    return `the certificate of the NATS server is not accepted (${message}); check that the authority in "${identity.caFile}" signed it`;
  if (/alert|certificate required|bad certificate/i.test(text))
    return `NATS refused the identity of ${service}: the server does not accept the certificate "${identity.certFile}" (${message}); check that its authority is in the server's ca_file`;
  return message;
}
