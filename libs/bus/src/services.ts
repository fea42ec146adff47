/** The services. Each connects to NATS with its mesh certificate, whose DNS names include the service's name. */
export const SERVICES = ['core', 'gateway', 'recorder', 'indexer', 'worker'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** Identity that creates the streams and consumers. A service does not have its key. */
export const OPERATOR = 'nats-operator' as const;
/** DNS name that the certificate of a NATS server must have. */
export const SERVER = 'nats' as const;
