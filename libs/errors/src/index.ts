export { AppError, Bug, RemoteError, toAppError, type ErrorFacts } from './app-error.js';
export { grpcStatus, httpStatus, isErrorKind, kindOfGrpcStatus, logLevel, type ErrorKind } from './error-kind.js';
