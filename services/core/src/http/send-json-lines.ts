import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

/** Sends lines of JSON as a download, as fast as the client reads them. */
export async function sendJsonLines(reply: FastifyReply, filename: string, lines: AsyncIterable<Buffer | string>): Promise<void> {
  const headers = {
    'content-type': 'application/x-ndjson',
    'content-disposition': `attachment; filename="${filename}"`,
    'cache-control': 'no-store',
  };
  await reply.headers(headers).send(Readable.from(lines));
}
