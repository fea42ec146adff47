import { InvalidArgumentError } from 'commander';

/** The address that users connect to. */
export interface GatewayAddress {
  readonly host: string;
  readonly port: number;
}

const DEFAULT_PORT = 2222;
const HOST_AND_PORT = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/;

/** Reads HOST, HOST:PORT or [IPv6]:PORT. Throws InvalidArgumentError. */
export function readGatewayAddress(text: string): GatewayAddress {
  const [, ipv6, name, digits] = HOST_AND_PORT.exec(text) ?? [];
  const host = ipv6 ?? name;
  const port = digits === undefined ? DEFAULT_PORT : Number(digits);
  if (host === undefined || host.startsWith('-') || port < 1 || port > 65_535)
    throw new InvalidArgumentError('It must be HOST, HOST:PORT or [IPv6]:PORT.');
  return { host, port };
}

/** Returns the gateway beside an API: the same host, at the port of a gateway by default. */
export const gatewayBeside = (url: string): GatewayAddress => readGatewayAddress(new URL(url).hostname);
