// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- ssh2 has no types for its inner modules, and whoever compiles this file needs ours
/// <reference path="./ssh2-modules.d.ts" />
/** All that is used of ssh2. */
import crypto from 'ssh2/lib/protocol/crypto.js';
import keyParser, { type ParsedKey } from 'ssh2/lib/protocol/keyParser.js';
import Protocol from 'ssh2/lib/protocol/Protocol.js';
import utils from 'ssh2/lib/protocol/utils.js';

export { Protocol, type ParsedKey };
export const { parseKey } = keyParser;
export const { sendPacket } = utils;
export const { bindingAvailable } = crypto;
