import http from 'node:http';
import https from 'node:https';
import { Client } from 'minio';
import { StoreMisconfigured } from '../store.errors.js';
import { timedTransport } from './timed-transport.js';

/** Address and keys of an S3-compatible server. The keys are secrets. */
export interface S3Server {
  /** http://host:port or https://host */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** Ends a request after this long without a byte; 30 s by default. */
  readonly idleMs?: number;
}

/** Creates a client with path-style addresses and signature v4. It connects at the first call. Throws StoreMisconfigured. */
export function s3Client({ endpoint, region, accessKey, secretKey, idleMs = 30_000 }: S3Server): Client {
  const url = parseEndpoint(endpoint);
  const isSecure = url.protocol === 'https:';
  const Agent = isSecure ? https.Agent : http.Agent;
  return new Client({
    endPoint: url.hostname,
    useSSL: isSecure,
    ...(url.port !== '' && { port: Number(url.port) }),
    region,
    accessKey,
    secretKey,
    pathStyle: true,
    transport: timedTransport(isSecure, idleMs) as never,
    transportAgent: new Agent({ keepAlive: true, maxSockets: 64 }),
    // We retry ourselves: the client logs its retries to the console, and it retries neither network errors nor by a clock.
    retryOptions: { disableRetry: true },
  });
}

function parseEndpoint(endpoint: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url !== undefined && ['http:', 'https:'].includes(url.protocol) && ['', '/'].includes(url.pathname)) return url;
  throw new StoreMisconfigured(endpoint, 'the endpoint must be like http://host:port or https://host');
}
