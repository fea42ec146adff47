import { createServer, request, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { readFileSync } from 'node:fs';
import type { MeshIdentity } from '@sallyport/testkit';

/** A server that a test planted. */
export interface Planted {
  readonly url: string;
  readonly port: number;
  close(): void;
}

/** Serves HTTP on a free port. */
export async function serveHttp(listener: RequestListener): Promise<Planted> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Serves JSON by path; 404 for other paths. */
export const serveJson = (answers: Readonly<Record<string, unknown>>): Promise<Planted> =>
  serveHttp(({ url = '' }, response) => {
    const body = answers[url];
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}));
  });

/** Passes requests on to an S3 server, and refuses those that write, as for an account that may only read. */
export const serveReadOnlyS3 = (endpoint: string): Promise<Planted> =>
  serveHttp((asked, response) => {
    if (asked.method !== 'GET' && asked.method !== 'HEAD') {
      asked.resume();
      response.writeHead(403, { 'content-type': 'application/xml' });
      return void response.end('<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied.</Message></Error>');
    }
    const { hostname, port } = new URL(endpoint);
    const passed = request({ hostname, port, path: asked.url, method: asked.method, headers: asked.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    asked.pipe(passed);
  });

/** Sends a request to NATS' JetStream API as its operator, by the bare protocol. Resolves once the server has read it. */
export async function askJetStream(url: string, { caFile, certFile, keyFile }: MeshIdentity, subject: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const plain = connect({ host: hostname, port: Number(port) });
  await new Promise((resolve) => plain.once('data', resolve)); // INFO
  const [ca, cert, key] = [caFile, certFile, keyFile].map((file) => readFileSync(file));
  const socket = connectTls({ socket: plain, servername: 'nats', ca, cert, key });
  socket.write(`CONNECT {"verbose":false,"tls_required":true}\r\nPUB ${subject} 0\r\n\r\nPING\r\n`);
  await new Promise<void>((resolve, reject) => {
    socket.on('data', (data: Buffer) => void (data.includes('PONG') && resolve()));
    socket.once('error', reject);
  });
  socket.destroy();
}
