/** The services. Each connects to NATS with its mesh certificate, whose DNS names include the service's name. */
export { SERVICES, type ServiceName } from '@sallyport/config';

/** Identity that creates the streams and consumers. A service does not have its key. */
export const OPERATOR = 'nats-operator' as const;
/** DNS name that the certificate of a NATS server must have. */
export const SERVER = 'nats' as const;
