import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as the receiver needs it. */
export interface ReceivedSpan {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string;
}

/** Receives traces: OTLP over HTTP, as protobuf. */
export interface OtlpReceiver {
  readonly endpoint: string;
  readonly spans: readonly ReceivedSpan[];
  close(): void;
}

export async function anOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      spans.push(...spansOf(Buffer.concat(pieces)));
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans, close: () => server.close() };
}

/** Returns the spans of an ExportTraceServiceRequest (opentelemetry/proto/collector/trace/v1). */
function spansOf(request: Buffer): ReceivedSpan[] {
  return messages(request, 1).flatMap((ofResource) => {
    const service = messages(messages(ofResource, 1)[0] ?? Buffer.alloc(0), 1)
      .filter((attribute) => messages(attribute, 1)[0]?.toString() === 'service.name')
      .map((attribute) => messages(messages(attribute, 2)[0]!, 1)[0]!.toString())[0];
    const spans = messages(ofResource, 2).flatMap((ofScope) => messages(ofScope, 2));
    return spans.map((span) => ({
      service: service ?? '',
      name: messages(span, 5)[0]?.toString() ?? '',
      traceId: messages(span, 1)[0]?.toString('hex') ?? '',
      spanId: messages(span, 2)[0]?.toString('hex') ?? '',
      parentId: messages(span, 4)[0]?.toString('hex') ?? '',
    }));
  });
}

/** Returns the values of one field with a length: texts, bytes or messages. */
function messages(message: Buffer, field: number): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < message.length; ) {
    const [tag, afterTag] = varint(message, at);
    const kind = tag & 7;
    if (kind === 0) [, at] = varint(message, afterTag);
    else if (kind === 1) at = afterTag + 8;
    else if (kind === 5) at = afterTag + 4;
    else {
      const [length, start] = varint(message, afterTag);
      at = start + length;
      if (tag >>> 3 === field) found.push(message.subarray(start, at));
    }
  }
  return found;
}

function varint(message: Buffer, from: number): [value: number, next: number] {
  let value = 0;
  for (let at = from, scale = 1; ; at++, scale *= 128) {
    const byte = message[at]!;
    value += (byte & 127) * scale;
    if (byte < 128) return [value, at + 1];
  }
}
