import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy in front of an HTTP server that notes each request. */
export interface CountingProxy {
  readonly endpoint: string;
  /** Method and last name of the path of each request. */
  readonly requests: string[];
  stop(): void;
}

/** Starts a proxy. It passes the host of the request on, so signed requests stay valid. */
export async function countingProxy(target: string): Promise<CountingProxy> {
  const { hostname, port } = new URL(target);
  const requests: string[] = [];
  const server = createServer((incoming, answer) => {
    const { method = '', url = '', headers } = incoming;
    requests.push(`${method} ${/(part|seg|manifest)[^/?]*$/.exec(url.split('?')[0]!)?.[1] ?? 'folder'}`);
    const passed = request({ hostname, port, method, path: url, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 500, response.headers);
      response.pipe(answer);
    });
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, stop };
}
