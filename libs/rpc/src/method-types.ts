/** A method as ts-proto describes it. */
export interface MethodDefinition<Req, Res, ReqStream extends boolean = boolean, ResStream extends boolean = boolean> {
  readonly path: string;
  readonly requestStream: ReqStream;
  readonly responseStream: ResStream;
  readonly requestSerialize: (value: Req) => Buffer;
  readonly requestDeserialize: (bytes: Buffer) => Req;
  readonly responseSerialize: (value: Res) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Res;
}

/** A service as ts-proto describes it. A method's value parameter is `never`, so that every definition fits. */
export type ServiceDefinition = Readonly<
  Record<
    string,
    {
      readonly path: string;
      readonly requestStream: boolean;
      readonly responseStream: boolean;
      readonly requestSerialize: (value: never) => Buffer;
      readonly requestDeserialize: (bytes: Buffer) => unknown;
      readonly responseSerialize: (value: never) => Buffer;
      readonly responseDeserialize: (bytes: Buffer) => unknown;
    }
  >
>;

/** Request type of a method. */
export type RequestOf<M> = M extends { requestDeserialize: (bytes: Buffer) => infer R } ? R : never;
/** Response type of a method. */
export type ResponseOf<M> = M extends { responseDeserialize: (bytes: Buffer) => infer R } ? R : never;

/** Names of the methods of S with these stream flags. */
export type MethodsWith<S, ReqStream extends boolean, ResStream extends boolean> = {
  [K in keyof S]: S[K] extends { requestStream: ReqStream; responseStream: ResStream } ? K : never;
}[keyof S] &
  string;
