import type { MeshCredentials } from '@sallyport/rpc';

/** Address and certificate of core's gRPC server. */
export interface RpcSettings {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly credentials: MeshCredentials;
}

export const RPC_SETTINGS = Symbol('RpcSettings');

/** Core's own certificate, for calls to its peers. */
export const MESH_CREDENTIALS = Symbol('MeshCredentials');
