/** Why one guest's backup failed, in the words that follow "Backup of VM N failed - ". The job goes on. */
export class BackupFailure extends Error {}

/** Why the job as a whole cannot run: the last word on stderr and in the task's status. */
export class JobFailure extends Error {}
