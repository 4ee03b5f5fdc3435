/** Who may import whom. One entry per room, ground floor first; a room may import itself and the rooms it names. */
const base = ["lib/base"];
const words = ["lib/contracts", "lib/domain"];
const floors = {
  "lib/base": [],
  "lib/domain": [],
  "lib/contracts": ["lib/domain"],
  "lib/archive": ["lib/domain"],
  "lib/db": ["lib/domain", ...base],
  "lib/pve": ["lib/domain", ...base],
  "lib/redis": [...words, ...base],
  "lib/services": ["lib/db", "lib/redis", "lib/pve", "lib/archive", ...words, ...base],
  // A route's first door is the session, and sessions are rows: docs/decisions/011.
  "lib/http": ["lib/services", ...words, ...base],
  "lib/client": words,
  "lib/testing": ["lib/services", "lib/db", "lib/redis", "lab", ...words, ...base],
  components: ["lib/client", ...words],
  app: ["components", "lib/client", "lib/http", "lib/services", ...words],
  "worker/dump": ["lib/archive", "lib/domain", ...base],
  worker: ["worker/dump", "lib/services", "lib/db", "lib/redis", "lib/pve", "lib/archive", ...words, ...base],
  lab: [],
  e2e: words,
  scripts: [],
};

/** The rooms whose folder holds another room of its own. */
const innerRooms = { worker: "^worker/dump/" };
const ours = "^(app|components|e2e|lab|lib|scripts|worker)/";
const tests = "\\.test\\.(tsx?|mjs)$";
const pattern = (room) => (room === "lib/base" ? "^lib/[^/]+\\.ts$" : `^${room}/`);

const rooms = Object.entries(floors).map(([room, allowed]) => ({
  name: `${room} looks up`,
  severity: "error",
  from: { path: pattern(room), pathNot: [tests, ...(innerRooms[room] ? [innerRooms[room]] : [])] },
  to: { path: ours, pathNot: [room, ...allowed].map(pattern) },
}));

const wall = (name, from, to) => ({ name, severity: "error", from, to });

const walls = [
  wall("no cycles", {}, { circular: true }),
  wall("nothing unresolved", {}, { couldNotResolve: true }),
  wall("ui knows no domain", { path: "^components/ui/" }, { path: "^(lib|components/(?!ui/))" }),
  wall(
    "domain is pure",
    { path: "^lib/domain/", pathNot: tests },
    { pathNot: ["^lib/domain/", "^node_modules/(zod|cron-parser)/"] },
  ),
  wall(
    "the browser never reaches a server room",
    { path: "^(components|lib/client)/", pathNot: tests },
    { path: "^lib/(archive|db|http|pve|redis|services)/", reachable: true },
  ),
  wall(
    "prisma stays in lib/db",
    { path: ours, pathNot: "^(lib/db/|scripts/schema-engine\\.mjs$)" },
    { path: "(^lib/db/generated|node_modules/@prisma)" },
  ),
  // The dump process outlives the worker and so starts vzdump by itself, in this one file.
  wall(
    "programs are started at one place in each process",
    {
      path: ours,
      pathNot: ["^worker/adapters/command/", "^worker/dump/start-vzdump\\.ts$", "^(lab|scripts|lib/testing)/", tests],
    },
    { path: "(node_modules/execa|^(node:)?child_process$)" },
  ),
  wall(
    "the app starts no program",
    { path: "^(app|lib)/", pathNot: [tests, "^lib/testing/"] },
    { path: "^(node:)?child_process$", reachable: true },
  ),
  wall("steps and jobs ask ports", { path: "^worker/(steps|jobs)/", pathNot: tests }, { path: "^worker/adapters/" }),
  wall("only tests use lib/testing", { path: ours, pathNot: [tests, "^lib/testing/"] }, { path: "^lib/testing/" }),
  wall(
    "a development package stays out of the product",
    { path: "^(app|components|lib|worker)/", pathNot: [tests, "^lib/testing/"] },
    {
      dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"],
      dependencyTypesNot: ["type-only"],
    },
  ),
  // What nothing imports is an entry point (Next's files, mains, configuration) or dead.
  wall(
    "no orphans",
    {
      orphan: true,
      pathNot: [
        tests,
        "\\.d\\.ts$",
        "^app/",
        "\\.config\\.(ts|mjs)$",
        "^[.]",
        "^scripts/([^/]+|check/count-read-files)\\.mjs$",
      ],
    },
    {},
  ),
];

export default {
  forbidden: [...rooms, ...walls],
  options: {
    doNotFollow: { path: ["node_modules", "lib/db/generated"] },
    exclude: { path: "/fixtures/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
