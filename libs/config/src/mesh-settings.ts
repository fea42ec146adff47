import { z } from 'zod';

/** Settings that every service shares; each spreads them into its schema. */
export const meshSettings = {
  NATS_URL: z
    .string()
    .regex(/^(nats|tls):\/\//, 'must begin with nats:// or tls://')
    .default('nats://127.0.0.1:4222')
    .describe('NATS servers, comma separated; always with TLS and the certificate of RPC_CERT_FILE'),
  RPC_CA_FILE: z.string().describe('PEM file of the authority that signs the services’ certificates'),
  RPC_CERT_FILE: z
    .string()
    .describe('PEM file of this service’s certificate; its common name and one of its DNS names are the service’s name'),
  RPC_KEY_FILE: z.string().describe('PEM file of this service’s private key'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info').describe('lowest level that is logged'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional().describe('OTLP over HTTP endpoint for traces; without it there are none'),
};
