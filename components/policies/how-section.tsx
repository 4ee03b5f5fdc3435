"use client";

import { Radio } from "@/components/ui/choice";
import { Field, FieldGroup } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { BackupMode } from "@/lib/domain/guest";
import { FormSection, More } from "./form-section";
import type { PolicyDraft } from "./policy-draft";
import { errorAt, usePolicyForm } from "./policy-form-state";

const modes = [
  { mode: "snapshot", label: "Snapshot", hint: "No downtime" },
  { mode: "suspend", label: "Suspend", hint: "Paused for the end of the dump" },
  { mode: "stop", label: "Stop", hint: "Shut down, dumped, started again" },
] as const satisfies { mode: BackupMode; label: string; hint: string }[];

const engines = [
  {
    engine: "frames",
    label: "Seekable",
    hint: "Compressed in pieces: single files can be read out of a remote copy. Proxmox restores it as usual.",
  },
  { engine: "stock", label: "Stock", hint: "vzdump compresses and writes the archive itself." },
] as const satisfies { engine: PolicyDraft["engine"]; label: string; hint: string }[];

type NumberField = {
  key: "compressionLevel" | "compressionThreads" | "dumpLimitMib" | "transferLimitMib";
  path: string;
  label: string;
  hint: string;
};

const numbers = [
  { key: "compressionLevel", path: "settings.compressionLevel", label: "Zstandard level", hint: "1 fast to 19 small" },
  { key: "compressionThreads", path: "settings.compressionThreads", label: "Threads", hint: "per dump" },
  { key: "dumpLimitMib", path: "settings.dumpLimitKibPerSecond", label: "Dump at most", hint: "MiB/s, 0 is no limit" },
  {
    key: "transferLimitMib",
    path: "settings.transferLimitKibPerSecond",
    label: "Transfer at most",
    hint: "MiB/s each, 0 is no limit",
  },
] as const satisfies NumberField[];

/** How guests are dumped. */
export function HowSection() {
  const { draft, change, errors } = usePolicyForm();
  const hasError = numbers.some(({ path }) => errorAt(errors, path));
  return (
    <FormSection id="how" title="How">
      <FieldGroup legend="Mode" isLegendHidden>
        <div className="grid gap-x-6 gap-y-1 tablet:grid-cols-3">
          {modes.map(({ mode, label, hint }) => (
            <Radio
              key={mode}
              name="mode"
              label={label}
              hint={hint}
              checked={draft.mode === mode}
              onChange={() => change({ mode })}
            />
          ))}
        </div>
      </FieldGroup>
      <More label="Compression and limits" isOpen={hasError}>
        <FieldGroup legend="Archive">
          {engines.map(({ engine, label, hint }) => (
            <Radio
              key={engine}
              name="engine"
              label={label}
              hint={hint}
              checked={draft.engine === engine}
              onChange={() => change({ engine })}
            />
          ))}
        </FieldGroup>
        <div className="flex flex-wrap gap-3">
          {numbers.map(({ key, path, label, hint }) => (
            <Field key={key} label={label} hint={hint} error={errorAt(errors, path)}>
              {(control) => (
                <Input
                  {...control}
                  inputMode="decimal"
                  width="tiny"
                  value={draft[key]}
                  onChange={(event) => change({ [key]: event.target.value })}
                />
              )}
            </Field>
          ))}
        </div>
      </More>
    </FormSection>
  );
}
