import { isUtf8 } from "node:buffer";

const plainName = /^[\x20-\x5b\x5d-\x7e]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to be found
const characterToEscape = /[\\\u0000-\u001f\u007f-\u009f]/g;
const escapedCharacter = /\\([abfnrtv\\]|[0-3][0-7]{2})/g;

const letters = new Map<number, string>([
  [0x07, "a"],
  [0x08, "b"],
  [0x09, "t"],
  [0x0a, "n"],
  [0x0b, "v"],
  [0x0c, "f"],
  [0x0d, "r"],
  [0x5c, "\\"],
]);
const byLetter = new Map([...letters].map(([byte, letter]) => [letter, byte]));

const escapeByte = (byte: number) => `\\${letters.get(byte) ?? byte.toString(8).padStart(3, "0")}`;

const escapeText = (text: string) =>
  text.replace(characterToEscape, (character) => [...Buffer.from(character, "utf8")].map(escapeByte).join(""));

function utf8LengthAt(bytes: Buffer, position: number): number {
  const lead = bytes[position] ?? 0;
  let length = 4;
  if (lead < 0x80) length = 1;
  else if (lead < 0xe0) length = 2;
  else if (lead < 0xf0) length = 3;
  return isUtf8(bytes.subarray(position, position + length)) ? length : 0;
}

/**
 * A file name of an archive as text that holds every byte of it. Valid UTF-8 stays as it is; a backslash, a control
 * character and a byte that is not UTF-8 are written as GNU tar lists them (`\\`, `\n`, `\303`). `unescapeName` undoes it.
 */
export function escapeName(bytes: Buffer): string {
  const plain = bytes.toString("latin1");
  if (plainName.test(plain)) return plain;
  if (isUtf8(bytes)) return escapeText(bytes.toString("utf8"));
  let text = "";
  for (let position = 0; position < bytes.length; ) {
    const length = utf8LengthAt(bytes, position);
    text += length ? escapeText(bytes.toString("utf8", position, position + length)) : escapeByte(bytes[position] ?? 0);
    position += length || 1;
  }
  return text;
}

/** The bytes of a name that `escapeName` made. */
export function unescapeName(name: string): Buffer {
  const parts: Buffer[] = [];
  let position = 0;
  for (const match of name.matchAll(escapedCharacter)) {
    const code = match[1] ?? "";
    parts.push(Buffer.from(name.slice(position, match.index), "utf8"));
    parts.push(Buffer.from([byLetter.get(code) ?? Number.parseInt(code, 8)]));
    position = match.index + match[0].length;
  }
  parts.push(Buffer.from(name.slice(position), "utf8"));
  return Buffer.concat(parts);
}
