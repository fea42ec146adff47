#include "packet_cipher.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>

#define MAX_TAG 64
#define CHACHA_KEY 32
#define POLY1305_KEY 32

static void put_u32(unsigned char *at, uint32_t value) {
  at[0] = (unsigned char)(value >> 24);
  at[1] = (unsigned char)(value >> 16);
  at[2] = (unsigned char)(value >> 8);
  at[3] = (unsigned char)value;
}

static const EVP_CIPHER *gcm_of(size_t key_length) {
  return key_length == 16 ? EVP_aes_128_gcm() : key_length == 32 ? EVP_aes_256_gcm() : NULL;
}

static const EVP_CIPHER *ctr_of(size_t key_length) {
  return key_length == 16 ? EVP_aes_128_ctr() : key_length == 24 ? EVP_aes_192_ctr() : key_length == 32 ? EVP_aes_256_ctr() : NULL;
}

static EVP_CIPHER_CTX *start_cipher(const EVP_CIPHER *type, const unsigned char *key, const unsigned char *iv, int encrypt) {
  EVP_CIPHER_CTX *ctx = type == NULL ? NULL : EVP_CIPHER_CTX_new();
  if (ctx != NULL && EVP_CipherInit_ex(ctx, type, NULL, key, iv, encrypt) != 1) {
    EVP_CIPHER_CTX_free(ctx);
    return NULL;
  }
  return ctx;
}

static EVP_MAC_CTX *new_mac(const char *name) {
  EVP_MAC *mac = EVP_MAC_fetch(NULL, name, NULL);
  EVP_MAC_CTX *ctx = mac == NULL ? NULL : EVP_MAC_CTX_new(mac);
  EVP_MAC_free(mac);
  return ctx;
}

static int start_gcm(struct packet_cipher *c, const unsigned char *key, size_t key_length, const unsigned char *iv, size_t iv_length) {
  if (iv_length != sizeof c->nonce) return 0;
  memcpy(c->nonce, iv, sizeof c->nonce);
  c->tag_length = 16;
  c->main = start_cipher(gcm_of(key_length), key, iv, c->encrypt);
  return c->main != NULL;
}

static int start_hmac(struct packet_cipher *c, const unsigned char *key, size_t key_length) {
  char *digest = c->kind == KIND_CTR_ETM_SHA256 ? "SHA256" : "SHA512";
  OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
  c->tag_length = c->kind == KIND_CTR_ETM_SHA256 ? 32 : 64;
  if (key_length != c->tag_length) return 0;
  c->mac = new_mac("HMAC");
  return c->mac != NULL && EVP_MAC_init(c->mac, key, key_length, params) == 1;
}

static int start_ctr(struct packet_cipher *c, const unsigned char *key, size_t key_length, const unsigned char *iv, size_t iv_length) {
  if (iv_length != 16) return 0;
  c->main = start_cipher(ctr_of(key_length), key, iv, c->encrypt);
  return c->main != NULL;
}

/* PROTOCOL.chacha20poly1305: the first 32 bytes of the key encrypt the packet, the last 32 its length. */
static int start_chacha(struct packet_cipher *c, const unsigned char *key, size_t key_length) {
  if (key_length != 2 * CHACHA_KEY) return 0;
  c->tag_length = 16;
  c->main = start_cipher(EVP_chacha20(), key, NULL, 1);
  c->header = start_cipher(EVP_chacha20(), key + CHACHA_KEY, NULL, 1);
  c->mac = new_mac("POLY1305");
  return c->main != NULL && c->header != NULL && c->mac != NULL;
}

struct packet_cipher *packet_cipher_new(enum packet_kind kind, int encrypt, const unsigned char *key, size_t key_length,
                                        const unsigned char *iv, size_t iv_length, const unsigned char *mac_key,
                                        size_t mac_key_length) {
  struct packet_cipher *c = calloc(1, sizeof *c);
  if (c == NULL) return NULL;
  c->kind = kind;
  c->encrypt = encrypt;
  int ok = 0;
  if (kind == KIND_GCM) ok = start_gcm(c, key, key_length, iv, iv_length);
  if (kind == KIND_CTR_ETM_SHA256 || kind == KIND_CTR_ETM_SHA512)
    ok = start_hmac(c, mac_key, mac_key_length) && start_ctr(c, key, key_length, iv, iv_length);
  if (kind == KIND_CHACHA) ok = start_chacha(c, key, key_length);
  if (ok) return c;
  packet_cipher_free(c);
  return NULL;
}

void packet_cipher_free(struct packet_cipher *c) {
  if (c == NULL) return;
  EVP_CIPHER_CTX_free(c->main);
  EVP_CIPHER_CTX_free(c->header);
  EVP_MAC_CTX_free(c->mac);
  OPENSSL_cleanse(c, sizeof *c);
  free(c);
}

static void next_nonce(unsigned char *nonce) {
  for (int i = 11; i >= 4; i--)
    if (++nonce[i] != 0) return;
}

static int seal_gcm(struct packet_cipher *c, const unsigned char *clear, unsigned char *packet, uint32_t length) {
  int n;
  int ok = EVP_CipherInit_ex(c->main, NULL, NULL, NULL, c->nonce, 1) == 1 && EVP_CipherUpdate(c->main, NULL, &n, packet, 4) == 1 &&
           EVP_CipherUpdate(c->main, packet + 4, &n, clear + 4, (int)length) == 1 &&
           EVP_CipherFinal_ex(c->main, packet + 4 + length, &n) == 1 &&
           EVP_CIPHER_CTX_ctrl(c->main, EVP_CTRL_AEAD_GET_TAG, 16, packet + 4 + length) == 1;
  next_nonce(c->nonce);
  return ok;
}

static int open_gcm(struct packet_cipher *c, unsigned char *packet, uint32_t length) {
  int n;
  int ok = EVP_CipherInit_ex(c->main, NULL, NULL, NULL, c->nonce, 0) == 1 && EVP_CipherUpdate(c->main, NULL, &n, packet, 4) == 1 &&
           EVP_CipherUpdate(c->main, packet + 4, &n, packet + 4, (int)length) == 1 &&
           EVP_CIPHER_CTX_ctrl(c->main, EVP_CTRL_AEAD_SET_TAG, 16, packet + 4 + length) == 1 &&
           EVP_CipherFinal_ex(c->main, packet + 4 + length, &n) == 1;
  next_nonce(c->nonce);
  return ok;
}

static int hmac_of(struct packet_cipher *c, const unsigned char *packet, uint32_t length, uint32_t sequence, unsigned char *tag) {
  unsigned char number[4];
  size_t n;
  put_u32(number, sequence);
  return EVP_MAC_init(c->mac, NULL, 0, NULL) == 1 && EVP_MAC_update(c->mac, number, 4) == 1 &&
         EVP_MAC_update(c->mac, packet, 4 + (size_t)length) == 1 && EVP_MAC_final(c->mac, tag, &n, MAX_TAG) == 1;
}

static int seal_ctr(struct packet_cipher *c, const unsigned char *clear, unsigned char *packet, uint32_t length, uint32_t sequence) {
  unsigned char tag[MAX_TAG];
  int n;
  if (EVP_CipherUpdate(c->main, packet + 4, &n, clear + 4, (int)length) != 1) return 0;
  if (!hmac_of(c, packet, length, sequence, tag)) return 0;
  memcpy(packet + 4 + length, tag, c->tag_length);
  return 1;
}

static int open_ctr(struct packet_cipher *c, unsigned char *packet, uint32_t length, uint32_t sequence) {
  unsigned char tag[MAX_TAG];
  int n;
  if (!hmac_of(c, packet, length, sequence, tag)) return 0;
  if (CRYPTO_memcmp(tag, packet + 4 + length, c->tag_length) != 0) return 0;
  return EVP_CipherUpdate(c->main, packet + 4, &n, packet + 4, (int)length) == 1;
}

/* ChaCha20's 16-byte IV: 64-bit little-endian block counter 0, then the nonce, which is the 64-bit big-endian sequence number. */
static int chacha_restart(EVP_CIPHER_CTX *ctx, uint32_t sequence) {
  unsigned char iv[16] = {0};
  put_u32(iv + 12, sequence);
  return EVP_CipherInit_ex(ctx, NULL, NULL, NULL, iv, 1) == 1;
}

/* Block 0 of the packet's key stream is the key of Poly1305; encryption starts at block 1. */
static int chacha_begin(struct packet_cipher *c, uint32_t sequence) {
  unsigned char block[64] = {0};
  int n;
  int ok = chacha_restart(c->main, sequence) && EVP_CipherUpdate(c->main, block, &n, block, sizeof block) == 1 &&
           EVP_MAC_init(c->mac, block, POLY1305_KEY, NULL) == 1;
  OPENSSL_cleanse(block, sizeof block);
  return ok;
}

static int poly1305_of(struct packet_cipher *c, const unsigned char *packet, uint32_t length, unsigned char *tag) {
  size_t n;
  return EVP_MAC_update(c->mac, packet, 4 + (size_t)length) == 1 && EVP_MAC_final(c->mac, tag, &n, 16) == 1;
}

static int chacha_header(struct packet_cipher *c, const unsigned char *from, unsigned char *to, uint32_t sequence) {
  int n;
  return chacha_restart(c->header, sequence) && EVP_CipherUpdate(c->header, to, &n, from, 4) == 1;
}

static int seal_chacha(struct packet_cipher *c, const unsigned char *clear, unsigned char *packet, uint32_t length, uint32_t sequence) {
  int n;
  return chacha_begin(c, sequence) && chacha_header(c, packet, packet, sequence) &&
         EVP_CipherUpdate(c->main, packet + 4, &n, clear + 4, (int)length) == 1 &&
         poly1305_of(c, packet, length, packet + 4 + length);
}

static int open_chacha(struct packet_cipher *c, unsigned char *packet, uint32_t length, uint32_t sequence) {
  unsigned char tag[16];
  int n;
  if (!chacha_begin(c, sequence) || !poly1305_of(c, packet, length, tag)) return 0;
  if (CRYPTO_memcmp(tag, packet + 4 + length, sizeof tag) != 0) return 0;
  return chacha_header(c, packet, packet, sequence) && EVP_CipherUpdate(c->main, packet + 4, &n, packet + 4, (int)length) == 1;
}

int packet_cipher_seal(struct packet_cipher *c, const unsigned char *clear, unsigned char *packet, uint32_t length, uint32_t sequence) {
  if (!c->encrypt) return 0;
  if (clear != packet) memcpy(packet, clear, 4);
  if (c->kind == KIND_GCM) return seal_gcm(c, clear, packet, length);
  if (c->kind == KIND_CHACHA) return seal_chacha(c, clear, packet, length, sequence);
  return seal_ctr(c, clear, packet, length, sequence);
}

int packet_cipher_open(struct packet_cipher *c, unsigned char *packet, uint32_t length, uint32_t sequence) {
  if (c->encrypt) return 0;
  if (c->kind == KIND_GCM) return open_gcm(c, packet, length);
  if (c->kind == KIND_CHACHA) return open_chacha(c, packet, length, sequence);
  return open_ctr(c, packet, length, sequence);
}

int packet_cipher_length(struct packet_cipher *c, const unsigned char *packet, uint32_t sequence, uint32_t *length) {
  unsigned char clear[4];
  if (c->kind != KIND_CHACHA || !chacha_header(c, packet, clear, sequence)) return 0;
  *length = (uint32_t)clear[0] << 24 | (uint32_t)clear[1] << 16 | (uint32_t)clear[2] << 8 | clear[3];
  return 1;
}
