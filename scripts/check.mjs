import { bootstrap } from "./bootstrap/bootstrap.mjs";
import { checks } from "./check/checks.mjs";
import { abortOnInterruption } from "./interruption.mjs";

/** Two at a time: the compiler alone takes as long as all the others together. */
const lanes = 2;

const signal = abortOnInterruption();
try {
  await bootstrap({ signal });
  const startedAt = Date.now();
  const waiting = [...checks];
  const results = [];
  const work = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) results.push(await runCheck(check));
  };
  await Promise.all(Array.from({ length: lanes }, work));

  const failedCount = results.filter(({ isOk }) => !isOk).length;
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  console.log(`${checks.length - failedCount} of ${checks.length} checks passed in ${seconds} s`);
  if (failedCount > 0) process.exitCode = 1;
} catch (error) {
  console.error(error.message);
  process.exitCode ||= 1;
}

async function runCheck({ name, unit, run }) {
  const startedAt = Date.now();
  const { isOk, readCount, output } = await run(signal);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  console.log(
    `${isOk ? "ok    " : "FAILED"}  ${name.padEnd(28)} ${String(readCount).padStart(5)} ${unit}, ${seconds} s`,
  );
  if (!isOk) console.log(`\n${output}\n`);
  return { isOk };
}
