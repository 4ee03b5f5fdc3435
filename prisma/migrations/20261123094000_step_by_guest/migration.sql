CREATE INDEX "Step_guestId_runId_idx" ON "Step"("guestId", "runId");
