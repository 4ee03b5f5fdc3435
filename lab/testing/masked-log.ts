/** A log of vzdump without what differs between two runs: times, sizes, process ids, the order of options. */
export function maskedLog(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, "TIME")
    .replace(/\d{4}_\d\d_\d\d-\d\d_\d\d_\d\d/g, "STAMP")
    .replace(/Total bytes (written|read): \d+ \([^)]+\)/g, "Total bytes $1: SIZE")
    .replace(/archive file size: \S+/g, "archive file size: SIZE")
    .replace(/\((\d\d:){2}\d\d\)/g, "(ELAPSED)")
    .replace(/after (<1|\d+) seconds/g, "after N seconds")
    .replace(/\/proc\/\d+\//g, "/proc/PID/")
    .replace(/transferred \S+ bytes in \d+s/g, "transferred SIZE")
    .replace(/^(INFO: starting new backup job: vzdump)(.*)$/gm, (_, start: string, rest: string) => {
      const [vmids = "", ...options] = rest.split(" --");
      return [start + vmids, ...options.toSorted()].join(" --");
    });
}
