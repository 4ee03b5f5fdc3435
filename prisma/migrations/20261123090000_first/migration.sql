-- CreateEnum
CREATE TYPE "GuestType" AS ENUM ('qemu', 'lxc', 'host');

-- CreateEnum
CREATE TYPE "Slot" AS ENUM ('local', 'primary', 'secondary', 'tertiary');

-- CreateEnum
CREATE TYPE "Proof" AS ENUM ('P0', 'P1', 'P2', 'P3', 'P4');

-- CreateEnum
CREATE TYPE "BackupMode" AS ENUM ('snapshot', 'suspend', 'stop');

-- CreateEnum
CREATE TYPE "DumpEngine" AS ENUM ('frames', 'stock');

-- CreateEnum
CREATE TYPE "CopySource" AS ENUM ('primary', 'auto');

-- CreateEnum
CREATE TYPE "RunKind" AS ENUM ('backup', 'verify', 'test_restore', 'restore', 'prune', 'catalogue');

-- CreateEnum
CREATE TYPE "RunStatus" AS ENUM ('queued', 'running', 'succeeded', 'partial', 'failed', 'missed', 'cancelled');

-- CreateEnum
CREATE TYPE "RunTrigger" AS ENUM ('schedule', 'user', 'api', 'start');

-- CreateEnum
CREATE TYPE "StepKind" AS ENUM ('host_config', 'dump', 'seal', 'copy', 'verify', 'prune');

-- CreateEnum
CREATE TYPE "StepStatus" AS ENUM ('waiting', 'queued', 'running', 'succeeded', 'failed', 'skipped', 'cancelled');

-- CreateEnum
CREATE TYPE "CopyState" AS ENUM ('copying', 'pending', 'good', 'failed', 'corrupt', 'missing', 'removed');

-- CreateEnum
CREATE TYPE "VerifiedBy" AS ENUM ('server_hash', 'ingest_hash', 'download', 'size_only', 'local_read');

-- CreateEnum
CREATE TYPE "LogLevel" AS ENUM ('debug', 'info', 'warn', 'error');

-- CreateEnum
CREATE TYPE "DestinationKind" AS ENUM ('local', 'rclone');

-- CreateEnum
CREATE TYPE "UserRole" AS ENUM ('viewer', 'operator', 'admin');

-- CreateTable
CREATE TABLE "Cluster" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "apiUrl" TEXT NOT NULL,
    "isLab" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Cluster_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Node" (
    "id" UUID NOT NULL,
    "clusterId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "dumpDirectory" TEXT,
    "pveVersion" TEXT,
    "workerVersion" TEXT,
    "workerId" TEXT,
    "workerIdentity" JSONB,
    "workerSeenAt" TIMESTAMPTZ(3),
    "leaseExpiresAt" TIMESTAMPTZ(3),
    "fencingToken" INTEGER NOT NULL DEFAULT 0,
    "freeBytes" BIGINT,
    "totalBytes" BIGINT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Node_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Guest" (
    "id" UUID NOT NULL,
    "clusterId" UUID NOT NULL,
    "nodeId" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "type" "GuestType" NOT NULL,
    "vmid" INTEGER,
    "incarnation" INTEGER NOT NULL DEFAULT 1,
    "fingerprint" TEXT NOT NULL DEFAULT '',
    "name" TEXT NOT NULL,
    "tags" TEXT[],
    "isRunning" BOOLEAN NOT NULL DEFAULT false,
    "firstSeenAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastSeenAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "archivedAt" TIMESTAMPTZ(3),
    "excludedReason" TEXT,
    "excludedBy" TEXT,
    "excludedUntil" TIMESTAMPTZ(3),

    CONSTRAINT "Guest_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Destination" (
    "id" UUID NOT NULL,
    "clusterId" UUID NOT NULL,
    "slot" "Slot" NOT NULL,
    "kind" "DestinationKind" NOT NULL,
    "name" TEXT NOT NULL,
    "remote" TEXT,
    "transfers" INTEGER NOT NULL DEFAULT 2,
    "pausedUntil" TIMESTAMPTZ(3),
    "lastTestAt" TIMESTAMPTZ(3),
    "lastTestOk" BOOLEAN,
    "lastTest" JSONB,
    "freeBytes" BIGINT,
    "totalBytes" BIGINT,
    "usedBytes" BIGINT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Destination_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Policy" (
    "id" UUID NOT NULL,
    "clusterId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "isEnabled" BOOLEAN NOT NULL DEFAULT true,
    "schedule" TEXT NOT NULL,
    "timeZone" TEXT NOT NULL,
    "settings" JSONB NOT NULL,
    "pausedUntil" TIMESTAMPTZ(3),
    "skipDueAt" TIMESTAMPTZ(3),
    "ticksUntil" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "deletedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Policy_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "PolicyDestination" (
    "policyId" UUID NOT NULL,
    "destinationId" UUID NOT NULL,
    "isRequired" BOOLEAN NOT NULL DEFAULT true,
    "retention" JSONB NOT NULL,

    CONSTRAINT "PolicyDestination_pkey" PRIMARY KEY ("policyId","destinationId")
);

-- CreateTable
CREATE TABLE "Run" (
    "id" UUID NOT NULL,
    "number" SERIAL NOT NULL,
    "kind" "RunKind" NOT NULL,
    "status" "RunStatus" NOT NULL DEFAULT 'queued',
    "statusReason" TEXT,
    "policyId" UUID,
    "policyName" TEXT NOT NULL,
    "policySnapshot" JSONB NOT NULL,
    "dueAt" TIMESTAMPTZ(3),
    "trigger" "RunTrigger" NOT NULL,
    "requestedBy" TEXT,
    "isPlanned" BOOLEAN NOT NULL DEFAULT false,
    "attempt" INTEGER NOT NULL DEFAULT 1,
    "guestIds" UUID[],
    "queuedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" TIMESTAMPTZ(3),
    "endedAt" TIMESTAMPTZ(3),
    "cancelRequestedAt" TIMESTAMPTZ(3),
    "cancelMode" TEXT,
    "cancelledBy" TEXT,
    "logSeq" INTEGER NOT NULL DEFAULT 0,
    "revision" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "Run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Step" (
    "id" UUID NOT NULL,
    "runId" UUID NOT NULL,
    "kind" "StepKind" NOT NULL,
    "slot" "Slot" NOT NULL,
    "guestId" UUID NOT NULL,
    "nodeId" UUID NOT NULL,
    "destinationId" UUID,
    "pointId" UUID,
    "position" INTEGER NOT NULL,
    "status" "StepStatus" NOT NULL DEFAULT 'waiting',
    "attempt" INTEGER NOT NULL DEFAULT 1,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "notBefore" TIMESTAMPTZ(3),
    "workerId" TEXT,
    "fencingToken" INTEGER NOT NULL DEFAULT 0,
    "leaseExpiresAt" TIMESTAMPTZ(3),
    "bytesDone" BIGINT NOT NULL DEFAULT 0,
    "bytesTotal" BIGINT,
    "startedAt" TIMESTAMPTZ(3),
    "endedAt" TIMESTAMPTZ(3),
    "faultCode" TEXT,
    "faultCause" TEXT,
    "faultSafe" TEXT,
    "faultAction" TEXT,
    "outcome" JSONB,
    "revision" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "Step_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RestorePoint" (
    "id" UUID NOT NULL,
    "guestId" UUID NOT NULL,
    "runId" UUID,
    "takenAt" TIMESTAMPTZ(3) NOT NULL,
    "mode" "BackupMode" NOT NULL,
    "durationMs" INTEGER,
    "note" TEXT NOT NULL DEFAULT '',
    "isPinned" BOOLEAN NOT NULL DEFAULT false,
    "configText" TEXT NOT NULL DEFAULT '',
    "configDigest" TEXT NOT NULL DEFAULT '',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "RestorePoint_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Archive" (
    "id" UUID NOT NULL,
    "pointId" UUID NOT NULL,
    "nodeId" UUID NOT NULL,
    "fileName" TEXT NOT NULL,
    "engine" "DumpEngine" NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "sha256" TEXT NOT NULL,
    "md5" TEXT NOT NULL,
    "rawSizeBytes" BIGINT,
    "rawSha256" TEXT,
    "hasIndex" BOOLEAN NOT NULL DEFAULT false,
    "hasSeekTable" BOOLEAN NOT NULL DEFAULT false,
    "sealedAt" TIMESTAMPTZ(3),
    "manifestText" TEXT,
    "isForeign" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "Archive_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Copy" (
    "id" UUID NOT NULL,
    "pointId" UUID NOT NULL,
    "destinationId" UUID NOT NULL,
    "state" "CopyState" NOT NULL,
    "proof" "Proof",
    "verifiedBy" "VerifiedBy",
    "evidence" TEXT,
    "path" TEXT NOT NULL,
    "sizeBytes" BIGINT,
    "copiedAt" TIMESTAMPTZ(3),
    "provedAt" TIMESTAMPTZ(3),
    "removedAt" TIMESTAMPTZ(3),
    "removedReason" TEXT,
    "faultCause" TEXT,

    CONSTRAINT "Copy_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "LogLine" (
    "runId" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "stepId" UUID,
    "level" "LogLevel" NOT NULL,
    "source" TEXT NOT NULL,
    "text" TEXT NOT NULL,

    CONSTRAINT "LogLine_pkey" PRIMARY KEY ("runId","seq")
);

-- CreateTable
CREATE TABLE "Event" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "kind" TEXT NOT NULL,
    "level" "LogLevel" NOT NULL DEFAULT 'info',
    "objectType" TEXT NOT NULL,
    "objectId" TEXT,
    "text" TEXT NOT NULL,
    "detail" JSONB,

    CONSTRAINT "Event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "User" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "emailVerified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "username" TEXT,
    "displayUsername" TEXT,
    "role" "UserRole" NOT NULL DEFAULT 'viewer',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Session" (
    "id" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "ipAddress" TEXT,
    "userAgent" TEXT,
    "userId" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Account" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "providerId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "accessToken" TEXT,
    "refreshToken" TEXT,
    "idToken" TEXT,
    "accessTokenExpiresAt" TIMESTAMPTZ(3),
    "refreshTokenExpiresAt" TIMESTAMPTZ(3),
    "scope" TEXT,
    "password" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Verification" (
    "id" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Verification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RateLimit" (
    "id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "lastRequest" BIGINT NOT NULL,

    CONSTRAINT "RateLimit_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ApiToken" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "tokenHash" TEXT NOT NULL,
    "role" "UserRole" NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3),
    "lastUsedAt" TIMESTAMPTZ(3),
    "revokedAt" TIMESTAMPTZ(3),

    CONSTRAINT "ApiToken_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "Cluster_name_key" ON "Cluster"("name");

-- CreateIndex
CREATE UNIQUE INDEX "Node_clusterId_name_key" ON "Node"("clusterId", "name");

-- CreateIndex
CREATE INDEX "Guest_clusterId_archivedAt_vmid_idx" ON "Guest"("clusterId", "archivedAt", "vmid");

-- CreateIndex
CREATE INDEX "Guest_nodeId_idx" ON "Guest"("nodeId");

-- CreateIndex
CREATE UNIQUE INDEX "Guest_clusterId_key_incarnation_key" ON "Guest"("clusterId", "key", "incarnation");

-- CreateIndex
CREATE UNIQUE INDEX "Destination_clusterId_slot_key" ON "Destination"("clusterId", "slot");

-- CreateIndex
CREATE INDEX "Policy_clusterId_deletedAt_idx" ON "Policy"("clusterId", "deletedAt");

-- CreateIndex
CREATE UNIQUE INDEX "Run_number_key" ON "Run"("number");

-- CreateIndex
CREATE INDEX "Run_status_number_idx" ON "Run"("status", "number");

-- CreateIndex
CREATE INDEX "Run_policyId_number_idx" ON "Run"("policyId", "number");

-- CreateIndex
CREATE INDEX "Run_queuedAt_idx" ON "Run"("queuedAt");

-- CreateIndex
CREATE UNIQUE INDEX "Run_policyId_dueAt_key" ON "Run"("policyId", "dueAt");

-- CreateIndex
CREATE INDEX "Step_nodeId_status_idx" ON "Step"("nodeId", "status");

-- CreateIndex
CREATE INDEX "Step_status_leaseExpiresAt_idx" ON "Step"("status", "leaseExpiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "Step_runId_guestId_kind_slot_key" ON "Step"("runId", "guestId", "kind", "slot");

-- CreateIndex
CREATE INDEX "RestorePoint_takenAt_idx" ON "RestorePoint"("takenAt");

-- CreateIndex
CREATE UNIQUE INDEX "RestorePoint_guestId_takenAt_key" ON "RestorePoint"("guestId", "takenAt");

-- CreateIndex
CREATE UNIQUE INDEX "Archive_pointId_key" ON "Archive"("pointId");

-- CreateIndex
CREATE UNIQUE INDEX "Archive_nodeId_fileName_key" ON "Archive"("nodeId", "fileName");

-- CreateIndex
CREATE INDEX "Copy_destinationId_state_idx" ON "Copy"("destinationId", "state");

-- CreateIndex
CREATE UNIQUE INDEX "Copy_pointId_destinationId_key" ON "Copy"("pointId", "destinationId");

-- CreateIndex
CREATE INDEX "LogLine_runId_stepId_seq_idx" ON "LogLine"("runId", "stepId", "seq");

-- CreateIndex
CREATE INDEX "Event_at_idx" ON "Event"("at");

-- CreateIndex
CREATE INDEX "Event_objectType_objectId_at_idx" ON "Event"("objectType", "objectId", "at");

-- CreateIndex
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");

-- CreateIndex
CREATE UNIQUE INDEX "User_username_key" ON "User"("username");

-- CreateIndex
CREATE UNIQUE INDEX "Session_token_key" ON "Session"("token");

-- CreateIndex
CREATE INDEX "Session_userId_idx" ON "Session"("userId");

-- CreateIndex
CREATE INDEX "Account_userId_idx" ON "Account"("userId");

-- CreateIndex
CREATE INDEX "Verification_identifier_idx" ON "Verification"("identifier");

-- CreateIndex
CREATE UNIQUE INDEX "RateLimit_key_key" ON "RateLimit"("key");

-- CreateIndex
CREATE UNIQUE INDEX "ApiToken_tokenHash_key" ON "ApiToken"("tokenHash");

-- AddForeignKey
ALTER TABLE "Node" ADD CONSTRAINT "Node_clusterId_fkey" FOREIGN KEY ("clusterId") REFERENCES "Cluster"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Guest" ADD CONSTRAINT "Guest_clusterId_fkey" FOREIGN KEY ("clusterId") REFERENCES "Cluster"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Guest" ADD CONSTRAINT "Guest_nodeId_fkey" FOREIGN KEY ("nodeId") REFERENCES "Node"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Destination" ADD CONSTRAINT "Destination_clusterId_fkey" FOREIGN KEY ("clusterId") REFERENCES "Cluster"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Policy" ADD CONSTRAINT "Policy_clusterId_fkey" FOREIGN KEY ("clusterId") REFERENCES "Cluster"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PolicyDestination" ADD CONSTRAINT "PolicyDestination_policyId_fkey" FOREIGN KEY ("policyId") REFERENCES "Policy"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PolicyDestination" ADD CONSTRAINT "PolicyDestination_destinationId_fkey" FOREIGN KEY ("destinationId") REFERENCES "Destination"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Run" ADD CONSTRAINT "Run_policyId_fkey" FOREIGN KEY ("policyId") REFERENCES "Policy"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Step" ADD CONSTRAINT "Step_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Step" ADD CONSTRAINT "Step_guestId_fkey" FOREIGN KEY ("guestId") REFERENCES "Guest"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Step" ADD CONSTRAINT "Step_nodeId_fkey" FOREIGN KEY ("nodeId") REFERENCES "Node"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Step" ADD CONSTRAINT "Step_destinationId_fkey" FOREIGN KEY ("destinationId") REFERENCES "Destination"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RestorePoint" ADD CONSTRAINT "RestorePoint_guestId_fkey" FOREIGN KEY ("guestId") REFERENCES "Guest"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RestorePoint" ADD CONSTRAINT "RestorePoint_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Archive" ADD CONSTRAINT "Archive_pointId_fkey" FOREIGN KEY ("pointId") REFERENCES "RestorePoint"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Archive" ADD CONSTRAINT "Archive_nodeId_fkey" FOREIGN KEY ("nodeId") REFERENCES "Node"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Copy" ADD CONSTRAINT "Copy_pointId_fkey" FOREIGN KEY ("pointId") REFERENCES "RestorePoint"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Copy" ADD CONSTRAINT "Copy_destinationId_fkey" FOREIGN KEY ("destinationId") REFERENCES "Destination"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "LogLine" ADD CONSTRAINT "LogLine_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Account" ADD CONSTRAINT "Account_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma's language cannot say: states that must not exist.
ALTER TABLE "Guest" ADD CONSTRAINT "Guest_host_has_no_vmid" CHECK (("type" = 'host') = ("vmid" IS NULL));
ALTER TABLE "Destination" ADD CONSTRAINT "Destination_local_is_local" CHECK (("slot" = 'local') = ("kind" = 'local'));
ALTER TABLE "Destination" ADD CONSTRAINT "Destination_rclone_names_remote" CHECK ("kind" = 'local' OR "remote" IS NOT NULL);
ALTER TABLE "Run" ADD CONSTRAINT "Run_over_has_end" CHECK (("status" IN ('queued', 'running')) = ("endedAt" IS NULL));
ALTER TABLE "Step" ADD CONSTRAINT "Step_over_has_end" CHECK (("status" IN ('waiting', 'queued', 'running')) = ("endedAt" IS NULL));
ALTER TABLE "Step" ADD CONSTRAINT "Step_failed_has_cause" CHECK ("status" <> 'failed' OR ("faultCode" IS NOT NULL AND "faultCause" IS NOT NULL));
ALTER TABLE "Step" ADD CONSTRAINT "Step_running_is_claimed" CHECK ("status" <> 'running' OR ("workerId" IS NOT NULL AND "leaseExpiresAt" IS NOT NULL));
ALTER TABLE "Step" ADD CONSTRAINT "Step_remote_has_destination" CHECK ("slot" = 'local' OR "destinationId" IS NOT NULL);
ALTER TABLE "Copy" ADD CONSTRAINT "Copy_good_is_proven" CHECK ("state" <> 'good' OR ("proof" IS NOT NULL AND "verifiedBy" IS NOT NULL AND "provedAt" IS NOT NULL));
ALTER TABLE "Copy" ADD CONSTRAINT "Copy_removed_says_when" CHECK (("state" = 'removed') = ("removedAt" IS NOT NULL));
CREATE UNIQUE INDEX "Policy_name_in_use" ON "Policy" ("clusterId", lower("name")) WHERE "deletedAt" IS NULL;
CREATE INDEX "Guest_search" ON "Guest" ("clusterId", lower("name"));
