/** As Perl's String::ShellQuote: quoted unless every character is known to be harmless. */
export function shellQuote(text: string): string {
  if (text !== "" && /^[\w!%+,\-./:@^]+$/.test(text)) return text;
  return `'${text.replaceAll("'", "'\\''")}'`;
}
