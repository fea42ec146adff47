import { Metadata, status as GrpcStatus, type ServiceError, type StatusObject } from '@grpc/grpc-js';
import { AppError, grpcStatus, isErrorKind, kindOfGrpcStatus, RemoteError, toAppError, type ErrorFacts } from '@sallyport/errors';

const CODE = 'sallyport-error-code';
const KIND = 'sallyport-error-kind';
const FACTS = 'sallyport-error-facts-bin';

/** Returns an error as a gRPC status: code, kind and facts travel in the trailers. */
export function toStatus(thrown: unknown): StatusObject {
  const error = toAppError(thrown);
  const metadata = new Metadata();
  metadata.set(CODE, error.code);
  metadata.set(KIND, error.kind);
  metadata.set(FACTS, Buffer.from(JSON.stringify(error.facts)));
  return { code: grpcStatus(error.kind), details: error.message, metadata };
}

/** Returns the error that a peer answered with. An error of gRPC itself (no connection, missed deadline) becomes `unavailable`. */
export function fromStatus(error: unknown, peer: string): AppError {
  if (error instanceof AppError) return error;
  if (!isServiceError(error)) return toAppError(error);
  const kind = first(error.metadata, KIND);
  if (kind && isErrorKind(kind))
    return new RemoteError(first(error.metadata, CODE) ?? 'UNKNOWN', kind, error.details, facts(error.metadata), { cause: error });
  if (error.code === GrpcStatus.CANCELLED)
    return new RemoteError('PEER_CALL_CANCELLED', 'unavailable', `The call to ${peer} was cancelled`, { peer }, { cause: error });
  if (error.code === GrpcStatus.DEADLINE_EXCEEDED)
    return new RemoteError('PEER_TOO_SLOW', 'unavailable', `${peer} did not answer in time`, { peer }, { cause: error });
  if (error.code === GrpcStatus.UNAVAILABLE)
    return new RemoteError('PEER_UNAVAILABLE', 'unavailable', `${peer} can't be reached`, { peer }, { cause: error });
  return new RemoteError('PEER_FAILED', kindOfGrpcStatus(error.code), `${peer} failed: ${error.details}`, { peer }, { cause: error });
}

function isServiceError(error: unknown): error is ServiceError {
  return (
    error instanceof Error &&
    typeof (error as Partial<ServiceError>).code === 'number' &&
    (error as Partial<ServiceError>).metadata instanceof Metadata
  );
}

function first(metadata: Metadata, name: string): string | undefined {
  const value = metadata.get(name)[0];
  return value === undefined ? undefined : value.toString();
}

function facts(metadata: Metadata): ErrorFacts {
  const value = metadata.get(FACTS)[0];
  if (value === undefined) return {};
  try {
    return JSON.parse(value.toString()) as ErrorFacts;
  } catch {
    return {};
  }
}
