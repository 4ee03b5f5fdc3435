import { readdirSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { type Operation, operations } from "@/lib/contracts/operations";
import { db } from "@/lib/db/client";
import { openApiDocument } from "@/lib/http/open-api";
import { callRoute, givenToken, type RouteAnswer } from "@/lib/testing/route-calls";
import { insertEstate, insertPolicy, insertQueuedRun } from "@/lib/testing/rows";
import { provideTestStack } from "@/lib/testing/test-stack";

provideTestStack();

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
type Method = (typeof methods)[number];
type RouteModule = Record<Method, Parameters<typeof callRoute>[0]>;

/** "runs/[runId]/log/route.ts" answers "/runs/{runId}/log". */
const routeFiles = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
  .filter((file) => path.basename(file) === "route.ts" && !file.startsWith("[[...path]]"))
  .map((file) => ({ file, route: `/${path.dirname(file).replaceAll(/\[(\w+)\]/g, "{$1}")}` }));

const loadRoute = (file: string): Promise<RouteModule> => import(path.join(import.meta.dirname, file));
const fileOf = (operation: Operation) => routeFiles.find(({ route }) => route === operation.path)?.file ?? "";

const all: [string, Operation][] = Object.entries<Operation>(operations).map(([name, operation]) => [name, operation]);
const where = (keep: (operation: Operation) => unknown) => all.filter(([, operation]) => keep(operation));

const unknownId = "019aa000-0000-7000-8000-00000000dead";
/** The least that each call with an id takes for its body. */
const leastBodies: Record<string, unknown> = {
  changePolicy: { revision: 1 },
  pausePolicy: { until: null },
  changeDestination: { name: "x" },
};

let tokens: Record<"viewer" | "operator" | "admin", string>;
beforeEach(async () => {
  tokens = {
    viewer: await givenToken("viewer"),
    operator: await givenToken("operator"),
    admin: await givenToken("admin"),
  };
});

type Options = { id?: string; body?: unknown; query?: string; token?: string | null };

async function call(operation: Operation, { id = unknownId, body, query = "", token = tokens.admin }: Options = {}) {
  const module = await loadRoute(fileOf(operation));
  const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const answer = await callRoute(module[operation.method], {
    method: operation.method,
    path: `/api/v1${operation.path.replaceAll(/\{\w+\}/g, "x")}${query}`,
    params: Object.fromEntries(names.map((name) => [name, id])),
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    body,
  });
  expectNoInsides(answer);
  return answer;
}

/** Whatever is answered, nothing of how the server is built is in it. */
function expectNoInsides({ text, status, contentType }: RouteAnswer): void {
  expect(text).not.toMatch(/node_modules|\.ts:\d+|\n\s+at |prisma|PrismaClient|ZodError|select .+ from/i);
  expect(status).not.toBe(500);
  if (status >= 400) expect(contentType).toBe("application/problem+json");
}

describe("the OpenAPI document", () => {
  it("names exactly the calls that routes on disk answer", async () => {
    const answered: string[] = [];
    for (const { file, route } of routeFiles) {
      const module = await loadRoute(file);
      for (const method of methods) {
        const { status } = await callRoute(module[method], { method, path: "/api/v1/x?topics=x" });
        if (status !== 405) answered.push(`${method} /api/v1${route}`);
      }
    }
    const documented = Object.entries(openApiDocument().paths ?? {}).flatMap(([route, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${route}`),
    );

    expect(documented.toSorted()).toEqual(answered.toSorted());
    expect(documented).toHaveLength(all.length);
  });

  it("says of every call who may make it, what it takes, and how it fails", () => {
    const document = JSON.parse(JSON.stringify(openApiDocument()));

    for (const [name, { path: route, method, role, body, params }] of all) {
      const described = document.paths[`/api/v1${route}`][method.toLowerCase()];
      expect(described, name).toMatchObject({
        operationId: name,
        security: role === "public" ? [] : [{ token: [] }, { signIn: [] }],
      });
      expect(described.requestBody !== undefined, name).toBe(body !== undefined);
      expect(
        (described.parameters ?? []).filter((parameter: { in: string }) => parameter.in === "path"),
        name,
      ).toHaveLength(Object.keys(params?.shape ?? {}).length);
      expect(described.responses.default.content).toHaveProperty(["application/problem+json"]);
    }
    expect(document.components.schemas.Problem.required).toContain("cause");
  });
});

describe("every call", () => {
  it.each(where(({ role }) => role !== "public"))("%s is answered 401 without a token", async (_, operation) => {
    expect(await call(operation, { token: null })).toMatchObject({ status: 401, json: { code: "unauthenticated" } });
    expect(await call(operation, { token: "uc_wrong" })).toMatchObject({ status: 401 });
  });

  it.each(where(({ role }) => role === "operator" || role === "admin"))(
    "%s is answered 403 for a role below its own",
    async (_, operation) => {
      const token = operation.role === "admin" ? tokens.operator : tokens.viewer;

      expect(await call(operation, { token })).toMatchObject({ status: 403, json: { code: "forbidden" } });
    },
  );

  it.each(where(({ params }) => params))("%s is answered 404 for an unknown id", async (name, operation) => {
    expect(await call(operation, { body: leastBodies[name] })).toMatchObject({
      status: 404,
      json: { code: "not_found" },
    });
  });

  it.each(where(({ params }) => params))("%s refuses an id that is none, with the field", async (_, operation) => {
    const [field = ""] = Object.keys(operation.params?.shape ?? {});

    for (const id of ["1", "../../etc/passwd", '\'; drop table "Run"; --', "%00", "$(reboot)"]) {
      expect(await call(operation, { id })).toMatchObject({
        status: 400,
        json: { fields: { [field]: expect.any(String) } },
      });
    }
  });

  it.each(where(({ body }) => body))(
    "%s refuses a body it cannot mean, with the field and the reason",
    async (_, operation) => {
      expect(await call(operation, { body: "{" })).toMatchObject({
        status: 400,
        json: { fields: { "(body)": "is not JSON" } },
      });
      for (const body of [[], null, "text", 1, { surprise: 1 }, { __proto__: { admin: true }, constructor: 1 }]) {
        const { status, json } = await call(operation, { body: JSON.stringify(body) });
        expect(status, JSON.stringify(body)).toBe(422);
        expect(Object.keys((json as { fields: object }).fields).length).toBeGreaterThan(0);
      }
    },
  );

  it.each(where(({ query }) => query))("%s refuses a query it does not know, with the field", async (_, operation) => {
    expect(await call(operation, { query: "?surprise=1" })).toMatchObject({
      status: 422,
      json: { fields: { surprise: "is not known here" } },
    });
  });

  it.each(where(({ query }) => query && "cursor" in query.shape))(
    "%s refuses a cursor it never gave out",
    async (_, operation) => {
      for (const cursor of ["x", Buffer.from('{"vmid":{}}').toString("base64url"), "%00"]) {
        const { status, json } = await call(operation, { query: `?cursor=${cursor}` });
        expect({ status, json }).toMatchObject({ status: 422, json: { fields: { cursor: expect.any(String) } } });
      }
    },
  );

  it.each(where(({ method, params, streams }) => method === "GET" && !params && !streams))(
    "%s answers in its own schema",
    async (_, operation) => {
      expect(await call(operation, { token: tokens.viewer })).toMatchObject({
        status: 200,
        contentType: "application/json",
      });
    },
  );
});

describe("hostile texts", () => {
  const hostile = `<img src=x onerror=alert(1)>"'\`; drop table "Guest"; -- $(reboot) \n\r ../../ ${"😀".repeat(60)}`;

  it("go in and come back as the texts they are", async () => {
    const estate = await insertEstate();
    await db().guest.updateMany({ data: { name: hostile, tags: [hostile] } });
    await db().cluster.updateMany({ data: { name: "atlas" } });
    const policy = await insertPolicy(estate);
    const run = await insertQueuedRun(policy);
    await db().run.update({ where: { id: run.id }, data: { statusReason: hostile, requestedBy: hostile } });
    const name = hostile.slice(0, 100).trim();

    const renamed = await call(operations.changePolicy, { id: policy.id, body: { revision: 1, name } });
    const guests = await call(operations.listGuests, { query: `?q=${encodeURIComponent(hostile.slice(0, 100))}` });
    const runs = await call(operations.listRuns);

    expect(renamed).toMatchObject({ status: 200, json: { name } });
    expect(guests).toMatchObject({
      status: 200,
      contentType: "application/json",
      json: { items: [{ name: hostile, tags: [hostile] }] },
    });
    expect(runs).toMatchObject({ status: 200, json: { items: [{ statusReason: hostile, requestedBy: hostile }] } });
    expect(await db().guest.count()).toBe(1);
  });

  it("in previews are refused by their field or taken for text", async () => {
    const expression = await call(operations.previewSchedule, {
      body: { expression: hostile.slice(0, 100), timeZone: "UTC" },
    });
    const zone = await call(operations.previewSchedule, {
      body: { expression: "02:00", timeZone: "../../etc/passwd" },
    });
    const points = await call(operations.previewRetention, {
      body: {
        points: [{ id: hostile.slice(0, 100), takenAt: "2026-11-23T02:00:00+01:00" }],
        rules: { keepLast: 1 },
        timeZone: "Europe/Berlin",
      },
    });

    expect(expression).toMatchObject({ status: 422, json: { fields: { expression: expect.any(String) } } });
    expect(zone).toMatchObject({ status: 422, json: { fields: { timeZone: expect.any(String) } } });
    expect(points).toMatchObject({
      status: 200,
      json: { keepCount: 1, points: [{ mark: "keep", reason: "keep-last 1 of 1" }] },
    });
  });
});

describe("an unknown path", () => {
  it("is answered with a problem", async () => {
    const { GET, DELETE } = await import("./[[...path]]/route");

    expect(await callRoute(GET, { method: "GET", path: "/api/v1/nosuch" })).toMatchObject({
      status: 404,
      contentType: "application/problem+json",
      json: { code: "not_found" },
    });
    expect(await callRoute(DELETE, { method: "DELETE", path: "/api/v1/nosuch" })).toMatchObject({ status: 404 });
  });
});
