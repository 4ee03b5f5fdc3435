import { z } from "zod";

const id = <Brand extends string>(brand: Brand) => z.uuid().brand(brand);

export const runIdSchema = id("RunId");
export const stepIdSchema = id("StepId");
export const policyIdSchema = id("PolicyId");
export const guestIdSchema = id("GuestId");
export const nodeIdSchema = id("NodeId");
export const clusterIdSchema = id("ClusterId");
export const destinationIdSchema = id("DestinationId");
export const pointIdSchema = id("PointId");

export type RunId = z.infer<typeof runIdSchema>;
export type StepId = z.infer<typeof stepIdSchema>;
export type PolicyId = z.infer<typeof policyIdSchema>;
export type GuestId = z.infer<typeof guestIdSchema>;
export type NodeId = z.infer<typeof nodeIdSchema>;
export type ClusterId = z.infer<typeof clusterIdSchema>;
export type DestinationId = z.infer<typeof destinationIdSchema>;
export type PointId = z.infer<typeof pointIdSchema>;
