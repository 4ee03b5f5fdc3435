/** How often the kill tests strike at each remote: a few in `npm test`, as many as KILLS says when asked for by hand. */
export const killCount = (): number => Number(process.env.KILLS ?? 4);
