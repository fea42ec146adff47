/* The N-API face of packet_cipher.c. Every argument is checked here; TypeScript's types are no guard against a wrong offset. */
#include <node_api.h>
#include <stdlib.h>

#include "packet_cipher.h"

/* What JavaScript holds: a cell that dispose() empties before the garbage collector comes. */
struct cell {
  struct packet_cipher *cipher;
};

struct place {
  struct packet_cipher *cipher;
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

/* Reads (cipher, buffer, offset) and finds the place; wants 4 bytes there at least. */
static int place_of(napi_env env, napi_value *args, struct place *place) {
  unsigned char *bytes;
  size_t size;
  uint32_t offset;
  if (!cipher_of(env, args[0], &place->cipher) || !buffer_of(env, args[1], &bytes, &size) ||
      napi_get_value_uint32(env, args[2], &offset) != napi_ok || (size_t)offset + 4 > size)
    return 0;
  place->at = bytes + offset;
  place->room = size - offset;
  return 1;
}

typedef int (*transform)(struct packet_cipher *, unsigned char *, uint32_t, uint32_t);

/* seal and open(cipher, buffer, offset, packetLength, sequence) */
static napi_value run(napi_env env, napi_callback_info info, transform step) {
  napi_value args[5], result;
  size_t count = 5;
  struct place place;
  uint32_t length, sequence;
  if (napi_get_cb_info(env, info, &count, args, NULL, NULL) != napi_ok || count != 5 || !place_of(env, args, &place) ||
      napi_get_value_uint32(env, args[3], &length) != napi_ok || napi_get_value_uint32(env, args[4], &sequence) != napi_ok)
    return refuse(env, "disposed cipher, or (cipher, buffer, offset, packetLength, sequence) expected");
  if (length > INT32_MAX || 4 + (size_t)length + place.cipher->tag_length > place.room)
    return refuse(env, "packet does not lie inside its buffer");
  napi_get_boolean(env, step(place.cipher, place.at, length, sequence) == 1, &result);
  return result;
}

static napi_value seal(napi_env env, napi_callback_info info) { return run(env, info, packet_cipher_seal); }

static napi_value open_packet(napi_env env, napi_callback_info info) { return run(env, info, packet_cipher_open); }

/* readLength(cipher, buffer, offset, sequence) */
static napi_value read_length(napi_env env, napi_callback_info info) {
  napi_value args[4], result;
  size_t count = 4;
  struct place place;
  uint32_t sequence, length;
  if (napi_get_cb_info(env, info, &count, args, NULL, NULL) != napi_ok || count != 4 || !place_of(env, args, &place) ||
      napi_get_value_uint32(env, args[3], &sequence) != napi_ok || !packet_cipher_length(place.cipher, place.at, sequence, &length))
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
