/** Message numbers of RFC 4250 §4.1 and OpenSSH's PROTOCOL: the first byte of a payload. */
export const Message = {
  disconnect: 1,
  ignore: 2,
  unimplemented: 3,
  debug: 4,
  serviceRequest: 5,
  serviceAccept: 6,
  extInfo: 7,
  kexInit: 20,
  newKeys: 21,
  kexClient: 30,
  kexServer: 31,
  userauthRequest: 50,
  userauthFailure: 51,
  userauthSuccess: 52,
  userauthBanner: 53,
  /** 60 is PK_OK, PASSWD_CHANGEREQ or INFO_REQUEST, depending on the current method. */
  userauthMethodReply: 60,
  userauthInfoResponse: 61,
  globalRequest: 80,
  requestSuccess: 81,
  requestFailure: 82,
  channelOpen: 90,
  channelOpenConfirmation: 91,
  channelOpenFailure: 92,
  channelWindowAdjust: 93,
  channelData: 94,
  channelExtendedData: 95,
  channelEof: 96,
  channelClose: 97,
  channelRequest: 98,
  channelSuccess: 99,
  channelFailure: 100,
  ping: 192,
  pong: 193,
} as const;

/** Returns true for messages that may be sent between KEXINIT and NEWKEYS (RFC 4253 §7.1). */
export function isAllowedDuringKex(type: number): boolean {
  return type < 50 && type !== Message.serviceRequest && type !== Message.serviceAccept && type !== Message.extInfo;
}
