import { createHash, randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { projectRoot } from "./project.mjs";
import { readEnvironment } from "./stack/environment-file.mjs";

/** The lock, the table and the checksums are those of `prisma migrate deploy` (Prisma 7): either can go on after the other. */
const prismaLockId = 72707369;
const historyTable = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

/**
 * Applies what is missing of `folder` to the database, which is created if need be, and returns the applied names.
 * Refuses, and changes nothing, when an applied migration is gone, was edited, or failed earlier. Of two that start at
 * once one applies, the other waits and finds nothing to do.
 */
export async function migrate(databaseUrl, folder = path.join(projectRoot, "prisma", "migrations")) {
  await createDatabase(databaseUrl);
  return withClient(databaseUrl, async (client) => {
    await client.query("SELECT pg_advisory_lock($1)", [prismaLockId]);
    await client.query(historyTable);
    const applied = await readHistory(client);
    const migrations = readMigrations(folder);
    const problems = findProblems(applied, migrations);
    if (problems.length > 0) throw new Error(`The migrations do not fit the database:\n${problems.join("\n")}`);

    const missing = migrations.filter(({ name }) => !applied.has(name));
    for (const migration of missing) await apply(client, migration);
    return missing.map(({ name }) => name);
  });
}

async function withClient(connectionString, use) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

async function createDatabase(databaseUrl) {
  const url = new URL(databaseUrl);
  const name = decodeURIComponent(url.pathname.slice(1));
  const isThere = await withClient(databaseUrl, () => true).catch((error) => {
    if (error.code === "3D000") return false; // PostgreSQL: invalid_catalog_name, there is no such database
    throw error;
  });
  if (isThere) return;

  url.pathname = "/postgres";
  await withClient(url.href, (client) => client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`)).catch(
    (error) => {
      if (error.code !== "42P04" && error.code !== "23505") throw error; // another starter was faster
    },
  );
}

async function readHistory(client) {
  const { rows } = await client.query("SELECT * FROM _prisma_migrations WHERE rolled_back_at IS NULL");
  return new Map(rows.map((row) => [row.migration_name, row]));
}

function readMigrations(folder) {
  const entries = fs.readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = entries.map(({ name }) => name).sort();
  return names.map((name) => {
    const sql = fs.readFileSync(path.join(folder, name, "migration.sql"), "utf8");
    return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
  });
}

function findProblems(applied, migrations) {
  const known = new Set(migrations.map(({ name }) => name));
  const gone = [...applied.keys()].filter((name) => !known.has(name));
  const wrong = migrations.flatMap(({ name, checksum }) => {
    const row = applied.get(name);
    if (!row) return [];
    if (!row.finished_at) return [`${name}: failed earlier (${firstLine(row.logs)}); see "prisma migrate resolve"`];
    return row.checksum === checksum ? [] : [`${name}: was edited after it was applied`];
  });
  return [...gone.map((name) => `${name}: applied to the database, but not among the files`), ...wrong];
}

/** One simple query holds the whole file, so PostgreSQL applies all of it or nothing. */
async function apply(client, { name, sql, checksum }) {
  const id = randomUUID();
  const begin = "INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ($1, $2, $3)";
  await client.query(begin, [id, checksum, name]);
  try {
    await client.query(sql);
  } catch (error) {
    await client.query("UPDATE _prisma_migrations SET logs = $2 WHERE id = $1", [id, error.message]);
    throw new Error(`Migration ${name} failed: ${error.message}`, { cause: error });
  }
  await client.query("UPDATE _prisma_migrations SET finished_at = now(), applied_steps_count = 1 WHERE id = $1", [id]);
}

function firstLine(text) {
  return (text ?? "interrupted").split("\n")[0];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { DATABASE_URL } = readEnvironment();
  if (!DATABASE_URL) throw new Error("DATABASE_URL must name the database to migrate");
  const names = await migrate(DATABASE_URL);
  console.log(names.length > 0 ? `applied ${names.join(", ")}` : "nothing to apply");
}
