/* In-place SSH packet ciphers over the OpenSSL inside Node. Layout: see src/crypto/packet-cipher.ts. */
#ifndef SALLYPORT_PACKET_CIPHER_H
#define SALLYPORT_PACKET_CIPHER_H

#include <openssl/evp.h>
#include <stddef.h>
#include <stdint.h>

enum packet_kind { KIND_GCM = 0, KIND_CTR_ETM_SHA256 = 1, KIND_CTR_ETM_SHA512 = 2, KIND_CHACHA = 3 };

struct packet_cipher {
  enum packet_kind kind;
  int encrypt;
  size_t tag_length;
  EVP_CIPHER_CTX *main;
  EVP_CIPHER_CTX *header; /* chacha20-poly1305: the cipher of the length field */
  EVP_MAC_CTX *mac;
  unsigned char nonce[12]; /* GCM: 4 fixed bytes, 64-bit invocation counter */
};

/* Returns NULL if a length is wrong or OpenSSL fails. Copies its arguments. */
struct packet_cipher *packet_cipher_new(enum packet_kind kind, int encrypt, const unsigned char *key, size_t key_length,
                                        const unsigned char *iv, size_t iv_length, const unsigned char *mac_key,
                                        size_t mac_key_length);
void packet_cipher_free(struct packet_cipher *cipher);

/* packet points at the length field and has length + 4 + tag_length bytes. clear is the packet before encryption, without a tag: either
 * packet itself, or a range that does not overlap it. Both functions return 1 for success; open returns 0 for a wrong tag. */
int packet_cipher_seal(struct packet_cipher *cipher, const unsigned char *clear, unsigned char *packet, uint32_t length, uint32_t sequence);
int packet_cipher_open(struct packet_cipher *cipher, unsigned char *packet, uint32_t length, uint32_t sequence);

/* For chacha20-poly1305 only: returns the decrypted length field, without changing the buffer. */
int packet_cipher_length(struct packet_cipher *cipher, const unsigned char *packet, uint32_t sequence, uint32_t *length);

#endif
