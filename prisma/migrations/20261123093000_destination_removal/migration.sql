DROP INDEX "Destination_clusterId_slot_key";
ALTER TABLE "Destination" ADD COLUMN "removedAt" TIMESTAMPTZ(3);
CREATE INDEX "Destination_clusterId_slot_idx" ON "Destination"("clusterId", "slot");
CREATE UNIQUE INDEX "Destination_slot_in_use" ON "Destination" ("clusterId", "slot") WHERE "removedAt" IS NULL;
