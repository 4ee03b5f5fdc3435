/**
 * `node scripts/health.mjs ORIGIN [NODE]`: exit code 0 when the app at ORIGIN is up and, with UNDERCROFT_API_TOKEN and a
 * node's name, when that node's worker was seen. For the health checks of containers.
 */
const [origin, nodeName] = process.argv.slice(2);
const token = process.env.UNDERCROFT_API_TOKEN;
const headers = token ? { authorization: `Bearer ${token}` } : {};
const response = await fetch(`${origin}/api/v1/health`, { headers, signal: AbortSignal.timeout(4000) });
const health = await response.json();
const worker = health.workers?.find((one) => one.nodeName === nodeName);
const isUp = response.ok && (!nodeName || !token || worker?.isUp === true);
console.log(JSON.stringify(health));
process.exitCode = isUp ? 0 : 1;
