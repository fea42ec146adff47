import type { IncomingMessage } from 'node:http';
import { systemCtx } from '@sallyport/context';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { bearerTokenOf, type BearerTokens } from './authenticated-caller.js';
import { bodyTooLarge, invalidJson, type RequestRefused } from './http.errors.js';
import { parseJson } from './parse-json.js';

/** Largest body of a signed-in caller, bytes. */
const BODY_BYTES = 1024 * 1024;

/** Largest body of a caller that is not signed in, bytes: a sign-in with the longest name and password fits. */
const ANONYMOUS_BODY_BYTES = 8 * 1024;

/**
 * Reads bodies of the media type application/json, and of no other: HTML forms can send the three types that Fastify and Nest read by
 * default, from any web page and without a question to core. A body that is larger than an anonymous caller may send is read only with a
 * valid bearer token.
 */
export function readJsonBodies(server: FastifyInstance, tokens: Pick<BearerTokens, 'resolve'>): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', async (request: FastifyRequest, payload: IncomingMessage) =>
    parseJson(textOf(await readBytes(payload, new BodyLimit(request, tokens)))),
  );
}

/** The limit of one body. It is looked up once the body turns out to be larger than an anonymous caller may send. */
class BodyLimit {
  constructor(
    private readonly request: FastifyRequest,
    private readonly tokens: Pick<BearerTokens, 'resolve'>,
  ) {}

  /** Returns the error for a body of so many bytes; undefined if it may be read. */
  async problemOf(bytes: number): Promise<RequestRefused | undefined> {
    if (bytes <= ANONYMOUS_BODY_BYTES) return undefined;
    if (!(await this.isSignedIn())) return bodyTooLarge(ANONYMOUS_BODY_BYTES, 'for a caller that is not signed in');
    return bytes > BODY_BYTES ? bodyTooLarge(BODY_BYTES) : undefined;
  }

  private async isSignedIn(): Promise<boolean> {
    this.answer ??= this.resolve();
    return this.answer;
  }

  private answer: Promise<boolean> | undefined;

  private async resolve(): Promise<boolean> {
    const token = bearerTokenOf(this.request);
    return token !== undefined && (await this.tokens.resolve(systemCtx('body-limit'), token)) !== undefined;
  }
}

async function readBytes(payload: IncomingMessage, limit: BodyLimit): Promise<Buffer> {
  const declared = Number(payload.headers['content-length'] ?? 0);
  let problem = await limit.problemOf(declared);
  const chunks: Buffer[] = [];
  let size = 0;
  // The stream has to stay open, or the client would lose the answer.
  for await (const chunk of payload.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    // A refused body is read to its end and dropped, up to a bound: a client that still sends would not see the answer.
    if (size > 2 * BODY_BYTES) break;
    problem ??= await limit.problemOf(size);
    if (problem) chunks.length = 0;
    else chunks.push(chunk);
  }
  if (problem) throw problem;
  return Buffer.concat(chunks, size);
}

function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalidJson(': it is not UTF-8');
  }
}
