import { z } from "zod";
import type { Role } from "@/lib/domain/role";
import {
  destinationBodySchema,
  destinationListSchema,
  destinationParamsSchema,
  destinationPatchSchema,
  destinationViewSchema,
} from "./destinations";
import { streamQuerySchema } from "./events";
import { guestListSchema, guestParamsSchema, guestViewSchema, listGuestsQuerySchema } from "./guests";
import { healthSchema, publicHealthSchema } from "./health";
import { nodeListSchema } from "./nodes";
import { overviewSchema } from "./overview";
import {
  pausePolicyBodySchema,
  policyBodySchema,
  policyListSchema,
  policyParamsSchema,
  policyPatchSchema,
  policyViewSchema,
} from "./policies";
import {
  retentionPreviewBodySchema,
  retentionPreviewSchema,
  schedulePreviewBodySchema,
  schedulePreviewSchema,
} from "./previews";
import {
  listRestorePointsQuerySchema,
  restorePointListSchema,
  restorePointParamsSchema,
  restorePointViewSchema,
} from "./restore-points";
import {
  cancelRunBodySchema,
  listRunsQuerySchema,
  retryRunBodySchema,
  runDetailSchema,
  runListSchema,
  runLogPageSchema,
  runLogQuerySchema,
  runParamsSchema,
  runSummarySchema,
  startRunBodySchema,
} from "./runs";
import { sessionViewSchema } from "./session";

export type Operation = {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Below /api/v1. */
  path: string;
  summary: string;
  /** The least role that may call it; public asks for no sign-in. */
  role: Role | "public";
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** The JSON answer; without one the answer has no body, or is a stream. */
  answer?: z.ZodType;
  /** 200 unless said, or 204 without an answer. */
  status?: number;
  /** Media types of answers that are not JSON. */
  streams?: readonly string[];
};

/** Every call of the REST API: routes are defined from here, and so is the OpenAPI document. */
export const operations = {
  readHealth: {
    method: "GET",
    path: "/health",
    summary: "Whether the product is up; to those who are signed in, each part",
    role: "public",
    answer: z.union([healthSchema, publicHealthSchema]),
  },
  readSession: {
    method: "GET",
    path: "/session",
    summary: "Who is calling",
    role: "viewer",
    answer: sessionViewSchema,
  },
  readOverview: {
    method: "GET",
    path: "/overview",
    summary: "Whether everything can be restored, what runs and what needs somebody",
    role: "viewer",
    answer: overviewSchema,
  },
  listNodes: {
    method: "GET",
    path: "/nodes",
    summary: "Nodes with their workers",
    role: "viewer",
    answer: nodeListSchema,
  },
  listGuests: {
    method: "GET",
    path: "/guests",
    summary: "Guests with their protection",
    role: "viewer",
    query: listGuestsQuerySchema,
    answer: guestListSchema,
  },
  readGuest: {
    method: "GET",
    path: "/guests/{guestId}",
    summary: "One guest",
    role: "viewer",
    params: guestParamsSchema,
    answer: guestViewSchema,
  },
  listPolicies: {
    method: "GET",
    path: "/policies",
    summary: "All policies",
    role: "viewer",
    answer: policyListSchema,
  },
  createPolicy: {
    method: "POST",
    path: "/policies",
    summary: "Make a policy",
    role: "admin",
    body: policyBodySchema,
    answer: policyViewSchema,
    status: 201,
  },
  readPolicy: {
    method: "GET",
    path: "/policies/{policyId}",
    summary: "One policy",
    role: "viewer",
    params: policyParamsSchema,
    answer: policyViewSchema,
  },
  changePolicy: {
    method: "PATCH",
    path: "/policies/{policyId}",
    summary: "Change a policy, from the revision that was read",
    role: "admin",
    params: policyParamsSchema,
    body: policyPatchSchema,
    answer: policyViewSchema,
  },
  deletePolicy: {
    method: "DELETE",
    path: "/policies/{policyId}",
    summary: "End a policy; its runs and copies stay",
    role: "admin",
    params: policyParamsSchema,
  },
  startRun: {
    method: "POST",
    path: "/policies/{policyId}/runs",
    summary: "Run a policy now",
    role: "operator",
    params: policyParamsSchema,
    body: startRunBodySchema,
    answer: runSummarySchema,
    status: 202,
  },
  pausePolicy: {
    method: "POST",
    path: "/policies/{policyId}/pause",
    summary: "Start no runs by schedule until an instant; null ends the pause",
    role: "admin",
    params: policyParamsSchema,
    body: pausePolicyBodySchema,
    answer: policyViewSchema,
  },
  skipNextRun: {
    method: "POST",
    path: "/policies/{policyId}/skip-next",
    summary: "Leave out the next run by schedule",
    role: "admin",
    params: policyParamsSchema,
    answer: policyViewSchema,
  },
  previewSchedule: {
    method: "POST",
    path: "/schedules/preview",
    summary: "When a schedule is due",
    role: "viewer",
    body: schedulePreviewBodySchema,
    answer: schedulePreviewSchema,
  },
  previewRetention: {
    method: "POST",
    path: "/retention/preview",
    summary: "What retention rules keep and remove",
    role: "viewer",
    body: retentionPreviewBodySchema,
    answer: retentionPreviewSchema,
  },
  listRuns: {
    method: "GET",
    path: "/runs",
    summary: "Runs, newest first",
    role: "viewer",
    query: listRunsQuerySchema,
    answer: runListSchema,
  },
  readRun: {
    method: "GET",
    path: "/runs/{runId}",
    summary: "One run with its guests and steps",
    role: "viewer",
    params: runParamsSchema,
    answer: runDetailSchema,
  },
  cancelRun: {
    method: "POST",
    path: "/runs/{runId}/cancel",
    summary: "Stop a run, at once or after the guests under way",
    role: "operator",
    params: runParamsSchema,
    body: cancelRunBodySchema,
    answer: runSummarySchema,
    status: 202,
  },
  retryRun: {
    method: "POST",
    path: "/runs/{runId}/retry",
    summary: "Begin the failed steps of a run again",
    role: "operator",
    params: runParamsSchema,
    body: retryRunBodySchema,
    answer: runSummarySchema,
    status: 202,
  },
  readRunLog: {
    method: "GET",
    path: "/runs/{runId}/log",
    summary: "A run's log: a page of lines, or all of it as text or ndjson",
    role: "viewer",
    params: runParamsSchema,
    query: runLogQuerySchema,
    answer: runLogPageSchema,
    streams: ["text/plain", "application/x-ndjson"],
  },
  listRestorePoints: {
    method: "GET",
    path: "/restore-points",
    summary: "Restore points with their copies, newest first",
    role: "viewer",
    query: listRestorePointsQuerySchema,
    answer: restorePointListSchema,
  },
  readRestorePoint: {
    method: "GET",
    path: "/restore-points/{pointId}",
    summary: "One restore point",
    role: "viewer",
    params: restorePointParamsSchema,
    answer: restorePointViewSchema,
  },
  listDestinations: {
    method: "GET",
    path: "/destinations",
    summary: "Destinations in use",
    role: "viewer",
    answer: destinationListSchema,
  },
  createDestination: {
    method: "POST",
    path: "/destinations",
    summary: "Add a destination",
    role: "admin",
    body: destinationBodySchema,
    answer: destinationViewSchema,
    status: 201,
  },
  readDestination: {
    method: "GET",
    path: "/destinations/{destinationId}",
    summary: "One destination",
    role: "viewer",
    params: destinationParamsSchema,
    answer: destinationViewSchema,
  },
  changeDestination: {
    method: "PATCH",
    path: "/destinations/{destinationId}",
    summary: "Change a destination",
    role: "admin",
    params: destinationParamsSchema,
    body: destinationPatchSchema,
    answer: destinationViewSchema,
  },
  removeDestination: {
    method: "DELETE",
    path: "/destinations/{destinationId}",
    summary: "Make no more copies there; the copies it holds stay",
    role: "admin",
    params: destinationParamsSchema,
  },
  testDestination: {
    method: "POST",
    path: "/destinations/{destinationId}/test",
    summary: "Have a worker write, read back, compare and delete a test file; the result is lastTest",
    role: "operator",
    params: destinationParamsSchema,
    answer: destinationViewSchema,
    status: 202,
  },
  openStream: {
    method: "GET",
    path: "/stream",
    summary: "Live events of the asked topics (server-sent events)",
    role: "viewer",
    query: streamQuerySchema,
    streams: ["text/event-stream"],
  },
  readOpenApi: {
    method: "GET",
    path: "/openapi.json",
    summary: "This document",
    role: "public",
    answer: z.record(z.string(), z.unknown()),
  },
} as const satisfies Record<string, Operation>;
