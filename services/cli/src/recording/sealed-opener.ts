import { HpkeReceiver, type AuditorsKey } from '@sallyport/crypto';
import {
  decodeSealedInput,
  type Frame,
  sealedHead,
  type SealedInput,
  sealedInputInfo,
  type SealedPurpose,
} from '@sallyport/recording-format';

/** A sealed frame that was opened, or the reason why not. */
export type OpenedInput =
  | { readonly purpose: SealedPurpose; readonly plaintext: Buffer; readonly note?: string }
  | { readonly problem: string };

interface Context {
  readonly receiver: HpkeReceiver;
  /** Number of the next message. */
  next: number;
}

/** Most contexts to remember: a recording has one for each channel. */
const CONTEXTS = 10_000;

/** Opens sealed frames with the auditors' private key. */
export class SealedOpener {
  private readonly contexts = new Map<string, Context>();

  constructor(private readonly auditors: AuditorsKey) {}

  open(sessionId: string, { channel, payload }: Frame): OpenedInput {
    const sealed = decodeSealedInput(payload);
    const keyId = Buffer.from(sealed.keyId).toString('hex');
    if (keyId !== this.auditors.keyId) return { problem: `it is sealed to key ${keyId}, the given key is ${this.auditors.keyId}` };
    const context = this.contextOf(sessionId, channel, sealed.enc);
    const plaintext = context?.receiver.open(sealed.number, sealed.ciphertext, sealedHead(sealed));
    if (!context || !plaintext) return { problem: 'it does not open: it was changed, or it is that of another recording or channel' };
    return { purpose: sealed.purpose, plaintext, ...order(context, sealed) };
  }

  private contextOf(sessionId: string, channel: number, enc: Uint8Array): Context | undefined {
    const name = `${sessionId}/${channel}/${Buffer.from(enc).toString('hex')}`;
    const known = this.contexts.get(name);
    if (known) return known;
    if (this.contexts.size >= CONTEXTS) this.contexts.clear();
    const receiver = receiverOf(this.auditors, enc, sealedInputInfo(sessionId, channel));
    if (!receiver) return undefined;
    const made = { receiver, next: 0 };
    this.contexts.set(name, made);
    return made;
  }
}

/** Returns undefined for an encapsulated key that no sender can have made. */
function receiverOf({ key }: AuditorsKey, enc: Uint8Array, info: Uint8Array): HpkeReceiver | undefined {
  try {
    return new HpkeReceiver(key, enc, info);
  } catch {
    return undefined;
  }
}

/** Returns a note about messages that are missing before this one, or about one that was there before. */
function order(context: Context, { number }: SealedInput): { note?: string } {
  const { next } = context;
  context.next = Math.max(next, number + 1);
  if (number === next) return {};
  return { note: number < next ? `message ${number} is there a second time` : `messages ${next} to ${number - 1} are missing` };
}
