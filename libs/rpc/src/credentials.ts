import { readFileSync } from 'node:fs';
import { ChannelCredentials, ServerCredentials } from '@grpc/grpc-js';

/** Where a service's own certificate lies. Its common name and a DNS name of it are the service's name. */
export interface MeshFiles {
  caFile: string;
  certFile: string;
  keyFile: string;
}

/** Both sides of mutual TLS for one service. */
export interface MeshCredentials {
  readonly server: ServerCredentials;
  readonly channel: ChannelCredentials;
}

/** Reads the files; a missing or unreadable one is named in the error. */
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
