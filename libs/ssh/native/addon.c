/* The N-API interface of packet_cipher.c. Checks every argument: TypeScript's types do not prevent a wrong offset. */
#include <node_api.h>
#include <stdlib.h>

#include "packet_cipher.h"

/* The object that JavaScript holds; dispose() empties it before the garbage collector frees it. */
struct cell {
  struct packet_cipher *cipher;
};

struct place {
  unsigned char *at;
  size_t room;
};

static void finalize(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  packet_cipher_free(((struct cell *)data)->cipher);
  free(data);
}

static napi_value refuse(napi_env env, const char *message) {
  napi_throw_range_error(env, NULL, message);
  return NULL;
}

static int buffer_of(napi_env env, napi_value value, unsigned char **bytes, size_t *length) {
  return napi_get_buffer_info(env, value, (void **)bytes, length) == napi_ok;
}

/* create(kind, encrypt, key, iv, macKey) */
static napi_value create(napi_env env, napi_callback_info info) {
  napi_value args[5], result;
  size_t count = 5, key_length, iv_length, mac_length;
  unsigned char *key, *iv, *mac;
  uint32_t kind;
  bool encrypt;
  if (napi_get_cb_info(env, info, &count, args, NULL, NULL) != napi_ok || count != 5 ||
      napi_get_value_uint32(env, args[0], &kind) != napi_ok || napi_get_value_bool(env, args[1], &encrypt) != napi_ok ||
      !buffer_of(env, args[2], &key, &key_length) || !buffer_of(env, args[3], &iv, &iv_length) ||
      !buffer_of(env, args[4], &mac, &mac_length))
    return refuse(env, "create(kind, encrypt, key, iv, macKey) expected");
  struct cell *cell = malloc(sizeof *cell);
  if (cell == NULL) return refuse(env, "out of memory");
  cell->cipher = packet_cipher_new((enum packet_kind)kind, encrypt, key, key_length, iv, iv_length, mac, mac_length);
  if (cell->cipher == NULL || napi_create_external(env, cell, finalize, NULL, &result) != napi_ok) {
    packet_cipher_free(cell->cipher);
    free(cell);
    return refuse(env, "wrong key or IV length, or a cipher this OpenSSL lacks");
  }
  return result;
}

static int cipher_of(napi_env env, napi_value value, struct packet_cipher **cipher) {
  struct cell *cell;
  if (napi_get_value_external(env, value, (void **)&cell) != napi_ok) return 0;
  *cipher = cell->cipher;
  return *cipher != NULL;
}

/* Reads the arguments (buffer, offset) and checks that at least 4 bytes follow. */
static int place_of(napi_env env, napi_value *args, struct place *place) {
  unsigned char *bytes;
  size_t size;
  uint32_t offset;
  if (!buffer_of(env, args[0], &bytes, &size) || napi_get_value_uint32(env, args[1], &offset) != napi_ok || (size_t)offset + 4 > size) return 0;
  place->at = bytes + offset;
  place->room = size - offset;
  return 1;
}

/* Returns true if the buffer has room for a packet of this length and `tag` bytes after it. */
static int has_room(const struct place *place, uint32_t length, size_t tag) {
  return length <= INT32_MAX && 4 + (size_t)length + tag <= place->room;
}

/* Returns true for equal positions, or for two ranges that do not overlap. */
static int is_apart(const struct place *clear, const struct place *packet, uint32_t length, size_t tag) {
  return clear->at == packet->at || clear->at + 4 + length <= packet->at || packet->at + 4 + length + tag <= clear->at;
}

static napi_value boolean(napi_env env, int value) {
  napi_value result;
  napi_get_boolean(env, value, &result);
  return result;
}

/* seal(cipher, clear, clearOffset, place, offset, packetLength, sequence) */
static napi_value seal(napi_env env, napi_callback_info info) {
  napi_value args[7];
  size_t count = 7;
  struct packet_cipher *cipher;
  struct place clear, place;
  uint32_t length, sequence;
  if (napi_get_cb_info(env, info, &count, args, NULL, NULL) != napi_ok || count != 7 || !cipher_of(env, args[0], &cipher) ||
      !place_of(env, args + 1, &clear) || !place_of(env, args + 3, &place) ||
      napi_get_value_uint32(env, args[5], &length) != napi_ok || napi_get_value_uint32(env, args[6], &sequence) != napi_ok)
    return refuse(env, "disposed cipher, or (cipher, clear, clearOffset, place, offset, packetLength, sequence) expected");
  if (!has_room(&clear, length, 0) || !has_room(&place, length, cipher->tag_length)) return refuse(env, "packet does not lie inside its buffer");
  if (!is_apart(&clear, &place, length, cipher->tag_length)) return refuse(env, "the two places overlap");
  return boolean(env, packet_cipher_seal(cipher, clear.at, place.at, length, sequence) == 1);
}

/* open(cipher, buffer, offset, packetLength, sequence) */
static napi_value open_packet(napi_env env, napi_callback_info info) {
  napi_value args[5];
  size_t count = 5;
  struct packet_cipher *cipher;
  struct place place;
  uint32_t length, sequence;
  if (napi_get_cb_info(env, info, &count, args, NULL, NULL) != napi_ok || count != 5 || !cipher_of(env, args[0], &cipher) ||
      !place_of(env, args + 1, &place) || napi_get_value_uint32(env, args[3], &length) != napi_ok ||
      napi_get_value_uint32(env, args[4], &sequence) != napi_ok)
    return refuse(env, "disposed cipher, or (cipher, buffer, offset, packetLength, sequence) expected");
  if (!has_room(&place, length, cipher->tag_length)) return refuse(env, "packet does not lie inside its buffer");
  return boolean(env, packet_cipher_open(cipher, place.at, length, sequence) == 1);
}

/* readLength(cipher, buffer, offset, sequence) */
static napi_value read_length(napi_env env, napi_callback_info info) {
  napi_value args[4], result;
  size_t count = 4;
  struct packet_cipher *cipher;
  struct place place;
  uint32_t sequence, length;
  if (napi_get_cb_info(env, info, &count, args, NULL, NULL) != napi_ok || count != 4 || !cipher_of(env, args[0], &cipher) ||
      !place_of(env, args + 1, &place) || napi_get_value_uint32(env, args[3], &sequence) != napi_ok ||
      !packet_cipher_length(cipher, place.at, sequence, &length))
    return refuse(env, "disposed cipher, or (chacha20 cipher, buffer, offset, sequence) expected");
  napi_create_uint32(env, length, &result);
  return result;
}

/* dispose(cipher) */
static napi_value dispose(napi_env env, napi_callback_info info) {
  napi_value arg;
  size_t count = 1;
  struct cell *cell;
  if (napi_get_cb_info(env, info, &count, &arg, NULL, NULL) != napi_ok || count != 1 ||
      napi_get_value_external(env, arg, (void **)&cell) != napi_ok)
    return refuse(env, "dispose(cipher) expected");
  packet_cipher_free(cell->cipher);
  cell->cipher = NULL;
  return NULL;
}

static void define(napi_env env, napi_value exports, const char *name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, NULL, &function);
  napi_set_named_property(env, exports, name, function);
}

NAPI_MODULE_INIT() {
  define(env, exports, "create", create);
  define(env, exports, "seal", seal);
  define(env, exports, "open", open_packet);
  define(env, exports, "readLength", read_length);
  define(env, exports, "dispose", dispose);
  return exports;
}
