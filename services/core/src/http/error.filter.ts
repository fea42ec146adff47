import { Catch, HttpException, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { ErrorBody } from '@sallyport/contracts';
import { httpStatus, logLevel, toAppError, type AppError } from '@sallyport/errors';
import type { Logger } from '@sallyport/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { namingConnectionLoss } from '../database/index.js';
import { LOGGER } from '../platform/index.js';
import { boundedError, type BoundedError } from './bounded-error.js';
import { methodNotAllowed, RequestRefused, RouteNotFound } from './http.errors.js';

/** Turns whatever was thrown into the one form of error answer, once, and logs it at the level of its kind. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    answerError(this.logger, request, reply, asAppError(thrown, request));
  }
}

/** Logs an error at the level of its kind, and sends it. */
function answerError(logger: Logger, request: FastifyRequest, reply: FastifyReply, error: AppError): void {
  const level = logLevel(error.kind);
  const bounded = boundedError(error);
  logger[level](
    {
      requestId: request.id,
      code: error.code,
      method: request.method,
      route: request.routeOptions.url,
      err: level === 'info' ? undefined : causeOf(error),
    },
    bounded.message,
  );
  if (reply.sent || reply.raw.headersSent) return void reply.raw.destroy();
  void sendError(reply, request.id, error, bounded);
}

/** Returns the handler of requests that no route receives, because their path can not be read. */
export const unreadablePaths =
  (logger: Logger) =>
  ({ code }: { readonly code: string }, request: FastifyRequest, reply: FastifyReply): void => {
    const refusal =
      code === 'FST_ERR_MAX_PARAM_LENGTH'
        ? new RequestRefused(414, 'URL_TOO_LONG', 'A part of the path is longer than an id or a name')
        : new RequestRefused(400, 'URL_INVALID', 'The path is not valid: "%" must be followed by two hexadecimal digits, as UTF-8');
    answerError(logger, request, reply, refusal);
  };

/** Sends an error answer. */
function sendError(reply: FastifyReply, requestId: string, error: AppError, { message, facts }: BoundedError): FastifyReply {
  const status = error instanceof RequestRefused ? error.status : httpStatus(error.kind);
  if (status === 405) void reply.header('allow', String(error.facts['allow']));
  if (status === 415) void reply.header('accept', 'application/json');
  if (status === 401) void reply.header('www-authenticate', 'Bearer');
  const retryAfter = error.facts['retry_after_seconds'];
  if (typeof retryAfter === 'number') void reply.header('retry-after', String(retryAfter));
  const body: ErrorBody = { error: { code: error.code, message, request_id: requestId, facts } };
  return reply.code(status).type('application/json; charset=utf-8').send(body);
}

const causeOf = (error: AppError): unknown => error.cause ?? error;

/** Returns the AppError for anything thrown; refusals of Nest and Fastify get a message and a code of core. */
function asAppError(thrown: unknown, request: FastifyRequest): AppError {
  if (thrown instanceof HttpException) return fromStatus(thrown.getStatus(), thrown.message, request);
  if (isFastifyError(thrown)) return fromStatus(thrown.statusCode, thrown.message, request);
  return toAppError(namingConnectionLoss(thrown));
}

function fromStatus(status: number, message: string, request: FastifyRequest): AppError {
  switch (status) {
    case 404:
      return routeMissing(request);
    case 415:
      return new RequestRefused(415, 'MEDIA_TYPE_UNSUPPORTED', 'Send JSON, with "Content-Type: application/json"');
    default:
      return status < 500
        ? new RequestRefused(status, 'REQUEST_REFUSED', 'The server could not read this request')
        : toAppError(new Error(message));
  }
}

function routeMissing({ method, url, server }: FastifyRequest): AppError {
  const path = url.split('?')[0] ?? '';
  const allowed = server.methodsOf(path);
  return allowed.length > 0 ? methodNotAllowed(method, path, allowed) : new RouteNotFound(method, path);
}

const isFastifyError = (thrown: unknown): thrown is Error & { statusCode: number } =>
  thrown instanceof Error && 'statusCode' in thrown && typeof thrown.statusCode === 'number' && thrown.statusCode >= 400;
