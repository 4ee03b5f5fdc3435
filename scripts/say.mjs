const startedAt = Date.now();

/**
 * One line for the person at the terminal, with the seconds since the command began. A guest's name may be in it:
 * control characters, which could move the cursor or worse, are shown as what they are.
 */
export function say(text) {
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1).padStart(5);
  console.log(`[${seconds} s] ${text.replace(/\p{Cc}/gu, "\ufffd")}`);
}
