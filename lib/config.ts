import { z } from "zod";
import { once } from "./once";

const optionalText = z
  .string()
  .optional()
  .transform((text) => (text === "" ? undefined : text));

const flag = z
  .enum(["0", "1", ""])
  .optional()
  .transform((text) => text === "1");

const environmentSchema = z.object({
  DATABASE_URL: z.string().min(1, "must name the PostgreSQL database (postgresql://…)"),
  REDIS_URL: z.string().min(1, "must name the Redis server (redis://…)"),
  UNDERCROFT_URL: z.string().default("http://127.0.0.1:3000"),
  UNDERCROFT_SECRET: z.string().min(32, "must be at least 32 characters"),
  UNDERCROFT_API_TOKEN: optionalText,
  UNDERCROFT_ADMIN_NAME: z.string().default("admin"),
  UNDERCROFT_ADMIN_PASSWORD: optionalText,
  UNDERCROFT_LAB: flag,
  UNDERCROFT_CLUSTER_NAME: z.string().default("pve"),
  PVE_URL: optionalText,
  PVE_TOKEN_ID: optionalText,
  PVE_TOKEN_SECRET: optionalText,
  PVE_FINGERPRINT: optionalText,
  UNDERCROFT_NODE: optionalText,
  UNDERCROFT_DUMP_DIR: z.string().default("/var/lib/vz/dump"),
  UNDERCROFT_STATE_DIR: z.string().default("/var/lib/undercroft"),
  UNDERCROFT_VZDUMP: z.string().default("vzdump"),
  UNDERCROFT_HOST_ROOT: z.string().default("/"),
  RCLONE_CONFIG: optionalText,
  UNDERCROFT_PRIMARY: optionalText,
  UNDERCROFT_SECONDARY: optionalText,
  UNDERCROFT_TERTIARY: optionalText,
  UNDERCROFT_RETRY_DELAYS_SECONDS: z
    .string()
    .default("5,30")
    .transform((text) => text.split(",").filter(Boolean).map(Number))
    .pipe(z.array(z.number().min(0).max(86_400)).max(10)),
  UNDERCROFT_SIGN_IN_LIMIT: z.coerce.number().int().min(1).default(5),
  NODE_ENV: z.string().default("production"),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
});

/** The environment, checked. The only reader of process.env in the product: `.env.example` lists what it takes. */
export const config = once(() => {
  const parsed = environmentSchema.safeParse(process.env);
  if (!parsed.success) throw new Error(`The environment is not usable:\n${z.prettifyError(parsed.error)}`);
  const env = parsed.data;
  return {
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL,
    url: env.UNDERCROFT_URL,
    secret: env.UNDERCROFT_SECRET,
    apiToken: env.UNDERCROFT_API_TOKEN,
    admin: { name: env.UNDERCROFT_ADMIN_NAME, password: env.UNDERCROFT_ADMIN_PASSWORD },
    isLab: env.UNDERCROFT_LAB,
    clusterName: env.UNDERCROFT_CLUSTER_NAME,
    pve: {
      url: env.PVE_URL,
      tokenId: env.PVE_TOKEN_ID,
      tokenSecret: env.PVE_TOKEN_SECRET,
      fingerprint: env.PVE_FINGERPRINT,
    },
    nodeName: env.UNDERCROFT_NODE,
    dumpDirectory: env.UNDERCROFT_DUMP_DIR,
    stateDirectory: env.UNDERCROFT_STATE_DIR,
    vzdumpProgram: env.UNDERCROFT_VZDUMP,
    hostRoot: env.UNDERCROFT_HOST_ROOT,
    rcloneConfig: env.RCLONE_CONFIG,
    remotes: {
      primary: env.UNDERCROFT_PRIMARY,
      secondary: env.UNDERCROFT_SECONDARY,
      tertiary: env.UNDERCROFT_TERTIARY,
    },
    retryDelaysSeconds: env.UNDERCROFT_RETRY_DELAYS_SECONDS,
    signInLimitPerMinute: env.UNDERCROFT_SIGN_IN_LIMIT,
    isDevelopment: env.NODE_ENV === "development",
    logLevel: env.LOG_LEVEL,
  };
});
