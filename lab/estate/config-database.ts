import { spawn, spawnSync } from "node:child_process";
import { lstatSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/** As pve-cluster's database.c creates it. */
const schema = `CREATE TABLE tree (
  inode INTEGER PRIMARY KEY NOT NULL,
  parent INTEGER NOT NULL CHECK(typeof(parent)=='integer'),
  version INTEGER NOT NULL CHECK(typeof(version)=='integer'),
  writer INTEGER NOT NULL CHECK(typeof(writer)=='integer'),
  mtime INTEGER NOT NULL CHECK(typeof(mtime)=='integer'),
  type INTEGER NOT NULL CHECK(typeof(type)=='integer'),
  name TEXT NOT NULL,
  data BLOB);`;

const directoryType = 4;
const fileType = 8;

/**
 * Writes /var/lib/pve-cluster/config.db of a node: a SQLite database in WAL mode that holds the tree of /etc/pve.
 * The newest files are in the write-ahead log only, as on a running node: a plain copy of config.db misses them.
 */
export function writeConfigDatabase(path: string, pmxcfs: string): void {
  for (const suffix of ["", "-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
  const rows = treeRows(pmxcfs);
  const settled = rows.slice(0, Math.ceil(rows.length / 2));
  const recent = rows.slice(settled.length);
  runSqlite(path, ["PRAGMA journal_mode=WAL;", schema, "BEGIN;", ...settled, "COMMIT;"]);
  runSqlite(path, [".dbconfig no_ckpt_on_close on", "PRAGMA wal_autocheckpoint=0;", "BEGIN;", ...recent, "COMMIT;"]);
}

/**
 * Keeps the database open, as pmxcfs does on a running node: what others read and close does not fold the log into
 * the database. Ends with this process, whichever way that ends.
 */
export function holdConfigDatabase(path: string): { stop: () => Promise<void> } {
  const child = spawn("sqlite3", ["-batch", path], { stdio: ["pipe", "ignore", "inherit"] });
  child.once("error", (error) => console.error(`the lab needs the program sqlite3: ${error.message}`));
  child.stdin.write(".dbconfig no_ckpt_on_close on\nBEGIN;\nSELECT count(*) FROM tree;\n");
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return {
    stop: () => {
      child.stdin.end();
      return ended;
    },
  };
}

function treeRows(pmxcfs: string): string[] {
  const rows: string[] = [];
  let inode = 1;
  const add = (parent: number, type: number, name: string, mtime: number, data: string) => {
    rows.push(`INSERT INTO tree VALUES (${inode},${parent},${inode},0,${mtime},${type},'${sqlText(name)}',${data});`);
    return inode++;
  };
  rows.push("INSERT INTO tree VALUES (0,0,1,0,0,8,'__version__',NULL);");
  const walk = (folder: string, parent: number) => {
    for (const name of readdirSync(folder).toSorted()) {
      const path = join(folder, name);
      const entry = lstatSync(path);
      const mtime = Math.floor(entry.mtimeMs / 1000);
      if (entry.isDirectory()) walk(path, add(parent, directoryType, name, mtime, "NULL"));
      else if (entry.isFile()) add(parent, fileType, name, mtime, `X'${readFileSync(path).toString("hex")}'`);
    }
  };
  walk(pmxcfs, 0);
  return rows;
}

const sqlText = (text: string) => text.replaceAll("'", "''");

function runSqlite(path: string, statements: readonly string[]): void {
  const result = spawnSync("sqlite3", ["-bail", "-batch", path], { input: statements.join("\n"), encoding: "utf8" });
  if (result.error) throw new Error("the lab needs the program sqlite3", { cause: result.error });
  if (result.status !== 0) throw new Error(`sqlite3 could not write ${path}: ${result.stderr.trim()}`);
}
