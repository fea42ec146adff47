/** Device attributes, cursor position, status, mode, size, focus. */
const CONTROL = /^\[[\d;?>$=]*[cRnyIOtx]$/;
/** Colors (OSC 4, 10 to 19). */
const COLOR = /^\](?:4;)?\d+;[\w:/?]*$/;
/** Settings, capabilities, version and unit. */
const DEVICE = /^P(?:[01]?[+$]r|[>!]\|)[\x20-\x7e]*$/;

const BEL = '\x07';

/** Returns true for a sequence (without its ESC) that a terminal sends by itself, in answer to a query. */
export function isTerminalAnswer(sequence: string): boolean {
  const content = sequence.endsWith('\\') ? sequence.slice(0, -2) : sequence.endsWith(BEL) ? sequence.slice(0, -1) : sequence;
  return CONTROL.test(content) || COLOR.test(content) || DEVICE.test(content);
}
