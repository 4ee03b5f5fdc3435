import { createHash } from "node:crypto";
import { storageConfigText } from "../estate/host-files";
import type { Storage } from "../state/estate";
import { isAllowed } from "./access";
import { handlerError, parameterError } from "./api-error";
import { storageSpace } from "./figures";
import { type Call, type Handler, optionalText, text } from "./handler";

export function storageOf(call: Call): Storage {
  const name = text(call, "storage");
  const storage = call.estate.storages.find((candidate) => candidate.storage === name);
  if (!storage) throw handlerError(`storage '${name}' does not exist`);
  return storage;
}

const maySee = ({ caller }: Call, { storage }: Storage) =>
  isAllowed(caller, `/storage/${storage}`, "Datastore.Audit", "Datastore.AllocateSpace");

/** An entry of storage.cfg. Flags come as strings, as they stand in the file. */
function configEntry(call: Call, storage: Storage) {
  const digest = createHash("sha1").update(storageConfigText(call.estate.storages)).digest("hex");
  return {
    storage: storage.storage,
    type: storage.type,
    content: storage.content,
    digest,
    ...(storage.path ? { path: storage.path } : {}),
    ...(storage.pool ? { pool: storage.pool } : {}),
    ...(storage.pruneBackups ? { "prune-backups": storage.pruneBackups } : {}),
    ...(storage.isMountpoint ? { is_mountpoint: "1" } : {}),
    ...(storage.mkdir === undefined ? {} : { mkdir: storage.mkdir }),
  };
}

const getConfigs: Handler = (call) => {
  const type = optionalText(call, "type");
  const visible = call.estate.storages.filter((storage) => maySee(call, storage) && (!type || storage.type === type));
  return { data: visible.map((storage) => configEntry(call, storage)) };
};

const getConfig: Handler = (call) => ({ data: configEntry(call, storageOf(call)) });

function statusEntry(call: Call, storage: Storage) {
  const space = storageSpace(call.directory, text(call, "node"), storage);
  return {
    type: storage.type,
    content: storage.content,
    shared: 0,
    enabled: storage.disabled ? 0 : 1,
    active: space ? 1 : 0,
    total: space?.total ?? 0,
    used: space?.used ?? 0,
    avail: space?.avail ?? 0,
  };
}

const getNodeStorages: Handler = (call) => {
  const content = optionalText(call, "content");
  const only = optionalText(call, "storage");
  const isWanted = (storage: Storage) =>
    (!content || storage.content.split(",").includes(content)) &&
    (!only || storage.storage === only) &&
    !(call.parameters.enabled === 1 && storage.disabled);
  const data = call.estate.storages
    .filter((storage) => maySee(call, storage) && isWanted(storage))
    .map((storage) => {
      const entry = statusEntry(call, storage);
      const fraction = entry.total > 0 ? { used_fraction: entry.used / entry.total } : {};
      return { storage: storage.storage, ...entry, ...fraction };
    });
  return { data };
};

const getStorageStatus: Handler = (call) => {
  const known = call.estate.storages.some(({ storage }) => storage === text(call, "storage"));
  if (!known) throw parameterError({ storage: "No such storage." });
  return { data: statusEntry(call, storageOf(call)) };
};

export const storageRoutes: Record<string, Handler> = {
  "GET /storage": getConfigs,
  "GET /storage/{storage}": getConfig,
  "GET /nodes/{node}/storage": getNodeStorages,
  "GET /nodes/{node}/storage/{storage}/status": getStorageStatus,
};
