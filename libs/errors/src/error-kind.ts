/** The party at fault and the remedy. The kind decides everything outside the domain. */
export type ErrorKind = 'invalid' | 'unauthenticated' | 'forbidden' | 'not_found' | 'conflict' | 'stale' | 'limit' | 'unavailable' | 'bug';

/** HTTP status per kind (RFC 9110). */
const HTTP_STATUS = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  stale: 412,
  limit: 429,
  unavailable: 503,
  bug: 500,
} satisfies Record<ErrorKind, number>;

/** gRPC status code per kind (google.rpc.Code). */
const GRPC_STATUS = {
  invalid: 3,
  unauthenticated: 16,
  forbidden: 7,
  not_found: 5,
  conflict: 9,
  stale: 10,
  limit: 8,
  unavailable: 14,
  bug: 13,
} satisfies Record<ErrorKind, number>;

/** Log level per kind. */
const LOG_LEVEL = {
  invalid: 'info',
  unauthenticated: 'info',
  forbidden: 'info',
  not_found: 'info',
  conflict: 'info',
  stale: 'info',
  limit: 'info',
  unavailable: 'warn',
  bug: 'error',
} satisfies Record<ErrorKind, 'info' | 'warn' | 'error'>;

/** Returns the HTTP status of a kind. */
export const httpStatus = (kind: ErrorKind): number => HTTP_STATUS[kind];
/** Returns the gRPC status code of a kind. */
export const grpcStatus = (kind: ErrorKind): number => GRPC_STATUS[kind];
/** Returns the level that a kind is logged at. */
export const logLevel = (kind: ErrorKind): 'info' | 'warn' | 'error' => LOG_LEVEL[kind];

/** Returns the kind that a gRPC status stands for; used if a peer sent no kind of its own. */
export function kindOfGrpcStatus(status: number): ErrorKind {
  if (status === 4 || status === 1) return 'unavailable';
  const found = Object.entries(GRPC_STATUS).find(([, code]) => code === status);
  return (found?.[0] as ErrorKind | undefined) ?? 'bug';
}

/** Returns true if a text is the name of a kind. */
export const isErrorKind = (text: string): text is ErrorKind => text in HTTP_STATUS;
