/** Returns an address without the IPv6 prefix of an IPv4 address. A closed socket's address is undefined: then ''. */
export const plainAddress = (address: string | undefined): string => (address ?? '').replace(/^::ffff:(?=\d+\.)/, '');

/** Returns the software of an identification line (RFC 4253 §4.2), without "SSH-2.0-". */
export const softwareOf = (identification: string): string => identification.replace(/^SSH-[\d.]+-/, '').slice(0, 255);
