/** The peer broke the protocol: the connection ends with a DISCONNECT that carries these words. */
export class ProtocolViolation extends Error {}
