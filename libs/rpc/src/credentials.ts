import { readFileSync } from 'node:fs';
import { ChannelCredentials, ServerCredentials } from '@grpc/grpc-js';

/** Files of a service's own certificate. Its common name and one of its DNS names are the service's name. */
export interface MeshFiles {
  caFile: string;
  certFile: string;
  keyFile: string;
}

/** Credentials of one service for both sides of mutual TLS. */
export interface MeshCredentials {
  readonly server: ServerCredentials;
  readonly channel: ChannelCredentials;
}

/** Reads the files. The error names a file that is missing or unreadable. */
export function meshCredentials({ caFile, certFile, keyFile }: MeshFiles): MeshCredentials {
  const [ca, cert, key] = [read('RPC_CA_FILE', caFile), read('RPC_CERT_FILE', certFile), read('RPC_KEY_FILE', keyFile)];
  return {
    server: ServerCredentials.createSsl(ca, [{ cert_chain: cert, private_key: key }], true),
    channel: ChannelCredentials.createSsl(ca, key, cert),
  };
}

function read(setting: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Error(`${setting}: cannot read "${file}"`, { cause: error });
  }
}
