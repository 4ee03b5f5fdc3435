/** "Local", "Local and Primary", "Local, Primary and Secondary"; empty for nothing. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
