/** Options of both sides: a dead peer is noticed within 15 s, a message has at most 8 MiB, and connections come back quickly. */
export const CHANNEL_OPTIONS = {
  'grpc.max_receive_message_length': 8 * 1024 * 1024,
  'grpc.max_send_message_length': 8 * 1024 * 1024,
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.keepalive_permit_without_calls': 1,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.min_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 2_000,
  // A name is looked up again as soon as a connection is gone: another replica may have taken over.
  'grpc.dns_min_time_between_resolutions_ms': 1_000,
} as const;
