import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { migrate } from "./migrate.mjs";

describe("migrate", () => {
  let folder;
  let databaseUrl;
  let counter = 0;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "undercroft-migrations-"));
    const url = new URL(process.env.DATABASE_URL);
    url.pathname = `/migrate_test_${process.pid}_${counter++}`;
    databaseUrl = url.href;
    write("01_guests", "CREATE TABLE guest (id int PRIMARY KEY);");
    write("02_names", "ALTER TABLE guest ADD COLUMN name text;");
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it("makes the database, applies what is missing in order, and then has nothing to do", async () => {
    expect(await migrate(databaseUrl, folder)).toEqual(["01_guests", "02_names"]);
    write("03_more", "CREATE TABLE node (id int PRIMARY KEY);");

    expect(await migrate(databaseUrl, folder)).toEqual(["03_more"]);
    expect(await migrate(databaseUrl, folder)).toEqual([]);
    expect(await query("INSERT INTO guest VALUES (1, 'web') RETURNING name")).toEqual([{ name: "web" }]);
  });

  it("lets one of two that start at once apply, and gives the other nothing to do", async () => {
    const applied = await Promise.all([migrate(databaseUrl, folder), migrate(databaseUrl, folder)]);

    expect(applied.toSorted((a, b) => a.length - b.length)).toEqual([[], ["01_guests", "02_names"]]);
  });

  it("refuses a migration that was edited after it was applied", async () => {
    await migrate(databaseUrl, folder);
    write("02_names", "ALTER TABLE guest ADD COLUMN name varchar;");

    await expect(migrate(databaseUrl, folder)).rejects.toThrow("02_names: was edited after it was applied");
  });

  it("refuses a database that knows more than the files", async () => {
    await migrate(databaseUrl, folder);
    fs.rmSync(path.join(folder, "02_names"), { recursive: true });

    await expect(migrate(databaseUrl, folder)).rejects.toThrow("02_names: applied to the database, but not among");
  });

  it("leaves nothing of a migration that fails half-way, and does not try it again by itself", async () => {
    write("03_broken", "CREATE TABLE half (id int); SELECT 1 / 0;");

    await expect(migrate(databaseUrl, folder)).rejects.toThrow("03_broken failed: division by zero");
    await expect(migrate(databaseUrl, folder)).rejects.toThrow("03_broken: failed earlier (division by zero)");
    expect(await query("SELECT to_regclass('half') AS half")).toEqual([{ half: null }]);
  });

  function write(name, sql) {
    fs.mkdirSync(path.join(folder, name), { recursive: true });
    fs.writeFileSync(path.join(folder, name, "migration.sql"), sql);
  }

  async function query(sql) {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  }
});
