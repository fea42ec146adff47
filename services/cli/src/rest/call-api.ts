import { AppError } from '@sallyport/errors';
import type { z } from 'zod';

/** The API refused a request, is not reached, or is not Sallyport's. */
class ApiFailed extends AppError {
  readonly code = 'API_FAILED';
  readonly kind = 'unavailable';
}

const TIMEOUT_MS = 30_000;

/** Sign-in and body of a request. */
export interface CallOptions {
  readonly token?: string;
  readonly body?: unknown;
}

/** Sends a request and reads its response by a schema. Throws ApiFailed. */
export async function callApi<T>(url: string, method: string, path: string, schema: z.ZodType<T>, options: CallOptions): Promise<T> {
  const answer = await reach(url, method, path, options);
  const json: unknown = await answer.json().catch(() => undefined);
  if (!answer.ok) throw new ApiFailed(`${url} refused ${method} ${path.split('?')[0]}: ${messageOf(json) ?? `status ${answer.status}`}`);
  const read = schema.safeParse(json);
  if (!read.success) throw new ApiFailed(`${url} does not answer as Sallyport's API does`);
  return read.data;
}

/** Sends a request. Redirects are refused. */
export function sendToApi(url: string, method: string, path: string, { token, body }: CallOptions): Promise<Response> {
  return fetch(`${url}/api/v1/${path}`, {
    method,
    redirect: 'error', // a secret goes to no other host
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: { ...(token && { authorization: `Bearer ${token}` }), ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

const messageOf = (json: unknown): string | undefined => (json as { error?: { message?: string } } | undefined)?.error?.message;

function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error ? cause.message : message;
}

/** Returns the body of a response without a schema: of a download. Throws ApiFailed. */
export async function downloadFromApi(url: string, path: string, token: string): Promise<ReadableStream<Uint8Array>> {
  const answer = await reach(url, 'GET', path, { token });
  if (!answer.ok || answer.body === null) throw new ApiFailed(`${url} refused GET ${path.split('?')[0]}: status ${answer.status}`);
  return answer.body;
}

async function reach(url: string, method: string, path: string, options: CallOptions): Promise<Response> {
  try {
    return await sendToApi(url, method, path, options);
  } catch (error) {
    throw new ApiFailed(`${url} can't be reached: ${reasonOf(error)}`, {}, { cause: error });
  }
}
