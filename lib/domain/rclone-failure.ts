import type { ErrorCode } from "./errors";
import { parseRcloneLine } from "./rclone-line";

export type RcloneFailure = {
  code: Extract<
    ErrorCode,
    "remote_auth_failed" | "remote_full" | "remote_unreachable" | "not_found" | "copy_corrupt" | "tool_failed"
  >;
  /** Whether the same again may help. Never for a refused login: repeats lock accounts out. */
  isRetryable: boolean;
  /** SFTP and WebDAV servers say nothing clear when their disk is full: ask `rclone about` before believing the code. */
  mayBeFull: boolean;
  /** One sentence, with rclone's own words behind the colon. */
  cause: string;
};

type Kind = Pick<RcloneFailure, "code" | "isRetryable"> & { pattern: RegExp; says: string; mayBeFull?: boolean };

/** The first that matches counts, the more telling before the more general. Numbers only where they are a status: a guest may have VMID 403. */
const kinds: readonly Kind[] = [
  {
    pattern:
      /507 Insufficient Storage|status code: 507|quota ?exceeded|storageQuotaExceeded|insufficient[_ ]?(?:space|storage|quota)|(?:over|disk) quota|no space left on device|storage (?:is )?full|QuotaExceeded/i,
    code: "remote_full",
    isRetryable: false,
    says: "The remote is full",
  },
  {
    pattern: /knownhosts: key (?:mismatch|is unknown)|host key (?:mismatch|verification failed)/i,
    code: "remote_auth_failed",
    isRetryable: false,
    says: "The remote shows another host key than the one that is trusted",
  },
  {
    pattern:
      /unable to authenticate|401 Unauthorized|status code: 401\b|SignatureDoesNotMatch|InvalidAccessKeyId|invalid_grant|invalid_client|couldn't fetch token|cannot fetch token|token (?:has )?expired|expired_access_token|530 Login/i,
    code: "remote_auth_failed",
    isRetryable: false,
    says: "The remote refused the login",
  },
  {
    pattern: /403 Forbidden|status code: 403\b|AccessDenied|Access Denied|permission denied/i,
    code: "remote_auth_failed",
    isRetryable: false,
    says: "The remote refused access",
  },
  {
    pattern: /didn't find section in config file|config file .*not found|couldn't find type of fs|unknown type of/i,
    code: "remote_unreachable",
    isRetryable: false,
    says: "The rclone configuration has no such remote",
  },
  {
    pattern: /x509: |certificate (?:signed by unknown authority|has expired|is not valid)/i,
    code: "remote_unreachable",
    isRetryable: false,
    says: "The remote's certificate is not trusted",
  },
  {
    pattern: /corrupted on transfer|hash(?:es)? differ|sizes? differ/i,
    code: "copy_corrupt",
    isRetryable: true,
    says: "The bytes that arrived are not those that were sent",
  },
  {
    pattern: /no such host|server misbehaving|Temporary failure in name resolution/i,
    code: "remote_unreachable",
    isRetryable: true,
    says: "The remote's name was not found",
  },
  {
    pattern: /connection refused|no route to host|network is unreachable|host is down/i,
    code: "remote_unreachable",
    isRetryable: true,
    says: "The remote does not answer",
  },
  {
    pattern: /i\/o timeout|timed out|TLS handshake timeout|context deadline exceeded|Client\.Timeout/i,
    code: "remote_unreachable",
    isRetryable: true,
    says: "The remote did not answer in time",
  },
  {
    pattern:
      /429 Too Many Requests|status code: (?:429|503)\b|503 Service Unavailable|rate ?limit|SlowDown|TooManyRequests/i,
    code: "remote_unreachable",
    isRetryable: true,
    says: "The remote asks to slow down",
  },
  {
    pattern:
      /connection reset|broken pipe|connection lost|\bEOF\b|use of closed network connection|50[024] (?:Internal|Bad|Gateway)|status code: 50[024]\b/i,
    code: "remote_unreachable",
    isRetryable: true,
    says: "The connection to the remote broke",
  },
  {
    pattern:
      /directory not found|object not found|is a directory or doesn't exist|file (?:does not|doesn't) exist|no such file or directory|NoSuchKey|NoSuchBucket|404 Not Found/i,
    code: "not_found",
    isRetryable: false,
    says: "It is not there",
  },
  {
    pattern: /SSH_FX_FAILURE|405 Method Not Allowed|Update (?:ReadFrom|Copy) failed/i,
    code: "tool_failed",
    isRetryable: true,
    says: "The remote did not take the file",
    mayBeFull: true,
  },
  {
    pattern: /unknown flag|needs \d+ arguments|unknown command|unknown shorthand/i,
    code: "tool_failed",
    isRetryable: false,
    says: "This rclone does not know what it was asked",
  },
];

const signalNames: Record<number, string> = {
  129: "SIGHUP",
  130: "SIGINT",
  137: "SIGKILL",
  141: "SIGPIPE",
  143: "SIGTERM",
};

/**
 * What is wrong when rclone failed, from its last lines: exit codes do not tell (1 is anything from a refused login to a
 * full disk). `lines` are raw lines of stderr. What is not known counts as worth another try, of which the caller makes few.
 */
export function classifyRcloneFailure({
  exitCode,
  signal = null,
  lines,
}: {
  exitCode: number | null;
  signal?: string | null;
  lines: readonly string[];
}): RcloneFailure {
  const words = failureTexts(lines);
  const last = words.at(-1);
  for (const { pattern, code, isRetryable, says, mayBeFull = false } of kinds) {
    const said = words.findLast((text) => pattern.test(text));
    if (said !== undefined) return { code, isRetryable, mayBeFull, cause: `${says}: ${said}` };
  }
  const endedBy = signal ?? (exitCode === null ? null : (signalNames[exitCode] ?? null));
  if (endedBy) {
    return { code: "tool_failed", isRetryable: true, mayBeFull: false, cause: `rclone was ended by ${endedBy}.` };
  }
  const how = exitCode === null ? "rclone failed" : `rclone failed with exit code ${exitCode}`;
  return {
    code: "tool_failed",
    isRetryable: true,
    mayBeFull: true,
    cause: last ? `${how}: ${last}` : `${how} and said nothing.`,
  };
}

function failureTexts(lines: readonly string[]): string[] {
  const texts = lines.flatMap((raw) => {
    const line = parseRcloneLine(raw);
    if (line.kind === "stats") return line.stats.lastError === null ? [] : [line.stats.lastError];
    return line.kind === "message" && line.level === "error" ? [line.text] : [];
  });
  return texts.map(withoutPreamble).filter((text) => text !== "");
}

/** "Attempt 1/1 failed with 1 errors and: X" and "Failed to copyto: X" say X. */
const withoutPreamble = (text: string) =>
  text
    .replace(/^Attempt \d+\/\d+ failed with \d+ errors? and: /, "")
    .replace(/^(?:Failed to \w+|Fatal error|Error|caused by): /, "")
    .replace(/^Failed to create file system for (?:destination |source )?"[^"]*": /, "");
