const mask = "***";

/** Colours and cursor movements (ECMA-48 control sequences), and titles of terminals. */
const [esc, bell] = ["\u001b", "\u0007"];
const escapes = new RegExp(
  String.raw`${esc}(?:\[[0-?]*[ -/]*[@-~]|\][^${bell}${esc}]*(?:${bell}|${esc}\\)?|[@-Z\\-_])`,
  "g",
);
/** All but the tab; the two separators end a line in JavaScript. */
const controls = /(?!\t)[\p{Cc}\u2028\u2029]/gu;

/** A name that tells that a secret follows, in the spellings of rclone, Proxmox, S3 and HTTP. */
const secretName = `(?:pass(?:word|phrase)?2?|secret(?:_?access_?key)?|secret_key|token|access_token|refresh_token|client_secret|api_?key|private_key|key_pem|auth(?:orization)?|cookie|x-amz-signature|signature|csrfpreventiontoken|ticket)`;

/** Prefixes are bounded: unbounded ones take minutes for a line that is one long word. */
const rules: readonly { pattern: RegExp; replacement: string }[] = [
  // Authorization: PVEAPIToken=user@realm!name=SECRET, or the same as rclone and curl print it.
  { pattern: /(PVEAPIToken[= ][^\s=;]+=)[^\s;"']+/gi, replacement: `$1${mask}` },
  { pattern: /(PVEAuthCookie=)[^\s;"']+/gi, replacement: `$1${mask}` },
  { pattern: /\b(Bearer|Basic|AWS4-HMAC-SHA256)\s+[^\s"',]{6,}/gi, replacement: `$1 ${mask}` },
  // https://user:password@host
  { pattern: /([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@]{0,256}:)[^\s/@]+@/gi, replacement: `$1${mask}@` },
  // curl -u user:password
  { pattern: /( (?:-u|--user) [^\s:]{1,256}:)[^\s]+/g, replacement: `$1${mask}` },
  // https://api.telegram.org/bot123456789:SECRET/sendMessage
  { pattern: /\b((?:bot)?\d{6,12}:)[A-Za-z0-9_-]{30,64}(?![A-Za-z0-9_-])/g, replacement: `$1${mask}` },
  // "password": "…" in JSON, with or without escaped quotes
  {
    pattern: new RegExp(String.raw`(\\?["']${secretName}\\?["']\s*:\s*\\?["'])(?:[^"'\\]|\\[^"'])+`, "gi"),
    replacement: `$1${mask}`,
  },
  // pass=…, --sftp-pass …, token: …
  {
    pattern: new RegExp(String.raw`(${secretName}\s*[=:]\s*)(?!\*\*\*)("[^"]*"|'[^']*'|[^\s,;&"']+)`, "gi"),
    replacement: `$1${mask}`,
  },
  {
    pattern: new RegExp(String.raw`(--[\w-]{0,40}${secretName}\s+)(?!\*\*\*)[^\s-][^\s]*`, "gi"),
    replacement: `$1${mask}`,
  },
  // AWS key ids name an account; their secrets are forty characters of base64 beside them.
  { pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, replacement: mask },
];

/** Inside a PEM block every line is secret, and we see lines one by one: so whatever could be its body is masked too. */
const pemBody = /^[A-Za-z0-9+/]{60,76}={0,2}$/;
const pemStart = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*/;

/**
 * A line of a program's output as it may be stored and shown: secrets masked, colours and control characters gone. What
 * is masked looks like `pass=***`. Tabs stay; the text is otherwise what the program said.
 */
export function redactLine(line: string): string {
  const plain = line.replace(escapes, "").replace(controls, "");
  if (pemBody.test(plain.trim())) return mask;
  const withoutPem = plain.replace(pemStart, `-----BEGIN PRIVATE KEY----- ${mask}`);
  return rules.reduce((text, { pattern, replacement }) => text.replace(pattern, replacement), withoutPem);
}
