/** An IPv4 address that came over an IPv6 socket, as IPv4. A socket's address may be gone already: then ''. */
export const plainAddress = (address: string | undefined): string => (address ?? '').replace(/^::ffff:(?=\d+\.)/, '');

/** Software of an identification line (RFC 4253 §4.2): without "SSH-2.0-". */
export const softwareOf = (identification: string): string => identification.replace(/^SSH-[\d.]+-/, '').slice(0, 255);
