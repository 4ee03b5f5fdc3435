#!/usr/bin/env node
/**
 * Stands in for Prisma's native `schema-engine`, which its command line would download: the same JSON-RPC over standard
 * input and output, answered by Prisma's own WASM build of that engine over @prisma/adapter-pg.
 *
 * Each workaround below names what it is for; all were needed with Prisma 7.10.
 */
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import readline from "node:readline";
import { parseArgs } from "node:util";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from "@prisma/driver-adapter-utils";
import * as engineBindings from "@prisma/schema-engine-wasm/schema_engine_bg";
import pg from "pg";

const postgresCharType = 18; // the OID of "char", the one-byte type of the system catalogue
const postgresTextType = 25;
const cliErrorCodes = { "3D000": "P1003", "28P01": "P1000" }; // PostgreSQL's code → Prisma's; anything else is P1001

const { values: options, positionals } = parseArgs({
  strict: false,
  allowPositionals: true,
  options: { datamodels: { type: "string", multiple: true }, datasource: { type: "string", short: "d" } },
});

function writeLog(level, message, errorCode) {
  const fields = { message, error_code: errorCode };
  const line = { timestamp: new Date(), level, target: "schema_engine::logger", fields };
  process.stderr.write(`${JSON.stringify(line)}\n`);
}

/** can-connect-to-database, create-database or drop-database; returns the exit code. */
async function runCommand(databaseUrl, verb) {
  const name = decodeURIComponent(new URL(databaseUrl).pathname.slice(1));
  const identifier = pg.escapeIdentifier(name);
  try {
    if (verb === "can-connect-to-database") await queryDatabase(databaseUrl, name, "SELECT 1");
    if (verb === "create-database") await queryDatabase(databaseUrl, "postgres", `CREATE DATABASE ${identifier}`);
    if (verb === "drop-database") {
      await queryDatabase(databaseUrl, "postgres", `DROP DATABASE IF EXISTS ${identifier} WITH (FORCE)`);
      writeLog("INFO", "The database was successfully dropped");
    }
    return 0;
  } catch (error) {
    writeLog("ERROR", error.message, cliErrorCodes[error.code] ?? "P1001");
    return 1;
  }
}

async function queryDatabase(databaseUrl, databaseName, sql) {
  const client = new pg.Client({ connectionString: urlOf(databaseUrl, databaseName) });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function urlOf(databaseUrl, databaseName) {
  const url = new URL(databaseUrl);
  url.pathname = `/${databaseName}`;
  return url.href;
}

/** Reads one request per line and answers them one after the other, until standard input ends. */
async function serveRequests(databaseUrl) {
  const panic = await loadEngine();
  const openedAdapters = [];
  const factory = bindMigrationAwareSqlAdapterFactory(createAdapterFactory(databaseUrl, openedAdapters));
  const datamodels = options.datamodels?.map((file) => [file, fs.readFileSync(file, "utf8")]);
  const createEngine = () =>
    engineBindings.SchemaEngine.new({ datamodels }, (line) => process.stderr.write(`${line}\n`), factory);

  for await (const line of readline.createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    const request = JSON.parse(line);
    if (!request.method) continue;
    try {
      await answer(request, await createEngine());
    } catch (error) {
      sendFault(request, error, panic);
    } finally {
      // An idle pool would keep the advisory lock, for which the next request waits 10 s.
      await Promise.all(openedAdapters.splice(0).map((adapter) => adapter.dispose()));
    }
  }
}

/** Starts the WASM module; a panic inside it leaves its words in the returned object. */
async function loadEngine() {
  const panic = { message: "" };
  globalThis.PRISMA_WASM_PANIC_REGISTRY = {
    set_message(message) {
      panic.message = message;
    },
  };
  const bindings = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg");
  const bytes = fs.readFileSync(bindings.replace(/\.js$/, ".wasm"));
  const { instance } = await WebAssembly.instantiate(bytes, { "./schema_engine_bg.js": engineBindings });
  engineBindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return panic;
}

/** Like PrismaPg, but every adapter it opens is put into `opened`, and its shadow database is a database of its own. */
function createAdapterFactory(databaseUrl, opened) {
  return new (class extends PrismaPg {
    async connect() {
      const adapter = readCharColumns(await super.connect());
      opened.push(adapter);
      return adapter;
    }

    /** PrismaPg's own lets the connection string win over the name it is given: its shadow is the main database. */
    async connectToShadowDb() {
      const main = await this.connect();
      const name = `prisma_migrate_shadow_db_${randomUUID()}`;
      await main.executeScript(`CREATE DATABASE "${name}"`);
      const shadow = readCharColumns(await new PrismaPg({ connectionString: urlOf(databaseUrl, name) }).connect());
      const disconnect = shadow.dispose.bind(shadow);
      shadow.dispose = async () => {
        await disconnect();
        await main.executeScript(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
      };
      return shadow;
    }
  })({ connectionString: databaseUrl, max: 1 });
}

/** PrismaPg refuses the catalogue's "char" columns: they are read as text and handed over as characters. */
function readCharColumns(adapter) {
  const performIO = adapter.performIO.bind(adapter);
  const queryRaw = adapter.queryRaw.bind(adapter);
  let charColumns = [];

  adapter.performIO = async (query) => {
    const result = await performIO(query);
    charColumns = (result.fields ?? []).flatMap((field, column) =>
      field.dataTypeID === postgresCharType ? [column] : [],
    );
    for (const column of charColumns) {
      result.fields[column].dataTypeID = postgresTextType;
      for (const row of result.rows) row[column] ||= "\0";
    }
    return result;
  };
  adapter.queryRaw = async (query) => {
    const result = await queryRaw(query);
    for (const column of charColumns) result.columnTypes[column] = ColumnTypeEnum.Character;
    return result;
  };
  return adapter;
}

let printedCount = 0;

async function answer({ id, method, params }, engine) {
  // These two find the shadow database only after a devDiagnostic on the same engine.
  if (method === "evaluateDataLoss" || method === "createMigration") {
    await engine.devDiagnostic({ migrationsList: params.migrationsList, filters: params.filters });
  }
  const call = method === "getDatabaseVersion" ? "version" : method;
  const hasParams = params && Object.keys(params).length > 0;
  const result = await engine[call](hasParams ? params : undefined);
  // The native engine prints a difference through a request of its own.
  if (method === "diff" && typeof result.stdout === "string") {
    send({ id: `print-${printedCount++}`, method: "print", params: { content: result.stdout } });
  }
  send({ id, result: result ?? null });
}

function sendFault({ id }, error, panic) {
  const message = panic.message || (error.message ?? String(error));
  const data = { is_panic: panic.message !== "", message, error_code: error.code, meta: error.meta };
  send({ id, error: { code: 4466, message: "An error happened. Check the data field for details.", data } });
}

function send(message) {
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
}

if (process.argv.includes("--version")) {
  console.log("schema-engine-cli wasm");
} else {
  // Prisma's reader drops the first line of standard error.
  writeLog("INFO", "Starting the schema engine (WASM)");
  const databaseUrl = options.datasource ? JSON.parse(options.datasource).url : undefined;
  if (positionals[0] === "cli") process.exitCode = await runCommand(databaseUrl, positionals.at(-1));
  else await serveRequests(databaseUrl);
}
