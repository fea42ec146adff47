import { Catch, HttpException, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { ErrorBody } from '@sallyport/contracts';
import { httpStatus, logLevel, toAppError, type AppError } from '@sallyport/errors';
import type { Logger } from '@sallyport/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { namingConnectionLoss } from '../database/index.js';
import { LOGGER } from '../platform/index.js';
import { boundedError, type BoundedError } from './bounded-error.js';
import { RequestRefused, RouteNotFound } from './http.errors.js';

/** Turns whatever was thrown into the one form of error answer, once, and logs it at the level of its kind. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const error = asAppError(thrown, request);
    const level = logLevel(error.kind);
    const bounded = boundedError(error);
    this.logger[level](
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
}

/** Sends an error answer. */
function sendError(reply: FastifyReply, requestId: string, error: AppError, { message, facts }: BoundedError): FastifyReply {
  const status = error instanceof RequestRefused ? error.status : httpStatus(error.kind);
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
      return new RouteNotFound(request.method, request.url.split('?')[0] ?? '');
    case 415:
      return new RequestRefused(415, 'MEDIA_TYPE_UNSUPPORTED', 'Send JSON, with "Content-Type: application/json"');
    default:
      return status < 500
        ? new RequestRefused(status, 'REQUEST_REFUSED', 'The server could not read this request')
        : toAppError(new Error(message));
  }
}

const isFastifyError = (thrown: unknown): thrown is Error & { statusCode: number } =>
  thrown instanceof Error && 'statusCode' in thrown && typeof thrown.statusCode === 'number' && thrown.statusCode >= 400;
