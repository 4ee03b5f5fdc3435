"use client";

import { Checkbox } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { FormSection, More } from "./form-section";
import { errorAt, usePolicyForm } from "./policy-form-state";
import { expressionOf, fullTime, offeredHours, type ScheduleChoice, type Weekday, weekdays } from "./schedule-choice";

const kindLabels = {
  nightly: "Every night",
  hours: "Every few hours",
  weekdays: "Monday to Friday",
  weekly: "Once a week",
  monthly: "Once a month",
  custom: "Own expression",
} as const satisfies Record<ScheduleChoice["kind"], string>;

const weekdayLabels = {
  mon: "Monday",
  tue: "Tuesday",
  wed: "Wednesday",
  thu: "Thursday",
  fri: "Friday",
  sat: "Saturday",
  sun: "Sunday",
} as const satisfies Record<Weekday, string>;

/** When, in which zone, and when to warn. */
export function WhenSection() {
  const { draft, change, errors } = usePolicyForm();
  const { schedule } = draft;
  const set = (part: Partial<ScheduleChoice>) => change({ schedule: { ...schedule, ...part } });
  const chooseKind = (kind: ScheduleChoice["kind"]) =>
    set(kind === "custom" ? { kind, expression: expressionOf(schedule) } : { kind });

  return (
    <FormSection id="when" title="When">
      <div className="flex flex-wrap items-start gap-3">
        <Field label="How often">
          {(control) => (
            <Select
              {...control}
              width="small"
              value={schedule.kind}
              onChange={(event) => chooseKind(event.target.value as ScheduleChoice["kind"])}
            >
              {Object.entries(kindLabels).map(([kind, label]) => (
                <option key={kind} value={kind}>
                  {label}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <ScheduleDetail schedule={schedule} set={set} error={errors.schedule} />
        <Field label="Time zone" error={errors.timeZone}>
          {(control) => (
            <>
              <Input
                {...control}
                list="time-zones"
                width="small"
                value={draft.timeZone}
                onChange={(event) => change({ timeZone: event.target.value })}
              />
              <datalist id="time-zones">
                {Intl.supportedValuesOf("timeZone").map((zone) => (
                  <option key={zone} value={zone} />
                ))}
              </datalist>
            </>
          )}
        </Field>
      </div>
      <Checkbox
        checked={draft.catchUp}
        onChange={(event) => change({ catchUp: event.target.checked })}
        label="Catch up a missed run"
        hint="If nothing was there to start it, it starts as soon as something is"
      />
      <More
        label="When to warn"
        isOpen={Boolean(
          errorAt(errors, "settings.startGraceMinutes") ?? errorAt(errors, "settings.maxDurationMinutes"),
        )}
      >
        <div className="flex flex-wrap gap-3">
          <Field label="Not started after" hint="minutes" error={errorAt(errors, "settings.startGraceMinutes")}>
            {(control) => (
              <Input
                {...control}
                inputMode="numeric"
                width="tiny"
                value={draft.startGraceMinutes}
                onChange={(event) => change({ startGraceMinutes: event.target.value })}
              />
            )}
          </Field>
          <Field label="Longer than" hint="hours" error={errorAt(errors, "settings.maxDurationMinutes")}>
            {(control) => (
              <Input
                {...control}
                inputMode="decimal"
                width="tiny"
                value={draft.maxDurationHours}
                onChange={(event) => change({ maxDurationHours: event.target.value })}
              />
            )}
          </Field>
        </div>
      </More>
    </FormSection>
  );
}

type DetailProps = {
  schedule: ScheduleChoice;
  set: (part: Partial<ScheduleChoice>) => void;
  error: string | undefined;
};

function ScheduleDetail({ schedule, set, error }: DetailProps) {
  if (schedule.kind === "custom")
    return (
      <Field label="Expression" hint="Proxmox calendar event or five-field cron" error={error}>
        {(control) => (
          <Input
            {...control}
            isMono
            width="medium"
            maxLength={128}
            value={schedule.expression}
            onChange={(event) => set({ expression: event.target.value })}
          />
        )}
      </Field>
    );
  if (schedule.kind === "hours")
    return (
      <Field label="Every" error={error}>
        {(control) => (
          <Select
            {...control}
            width="small"
            value={schedule.everyHours}
            onChange={(event) => set({ everyHours: Number(event.target.value) })}
          >
            {offeredHours.map((hours) => (
              <option key={hours} value={hours}>
                {hours === 1 ? "hour" : `${hours} hours`}
              </option>
            ))}
          </Select>
        )}
      </Field>
    );
  return (
    <>
      {schedule.kind === "weekly" && (
        <Field label="On">
          {(control) => (
            <Select
              {...control}
              width="small"
              value={schedule.weekday}
              onChange={(event) => set({ weekday: event.target.value as Weekday })}
            >
              {weekdays.map((weekday) => (
                <option key={weekday} value={weekday}>
                  {weekdayLabels[weekday]}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )}
      {schedule.kind === "monthly" && (
        <Field label="On day" hint={schedule.dayOfMonth > 28 ? "Left out in shorter months" : undefined}>
          {(control) => (
            <Select
              {...control}
              width="tiny"
              value={schedule.dayOfMonth}
              onChange={(event) => set({ dayOfMonth: Number(event.target.value) })}
            >
              {Array.from({ length: 31 }, (_, at) => at + 1).map((day) => (
                <option key={day} value={day}>
                  {day}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )}
      <Field label="At" error={error}>
        {(control) => (
          // Not the browser's own time field: it shows twelve hours where the browser's language does.
          <Input
            {...control}
            inputMode="numeric"
            width="tiny"
            maxLength={5}
            placeholder="02:00"
            value={schedule.time}
            onChange={(event) => set({ time: event.target.value })}
            onBlur={(event) => set({ time: fullTime(event.target.value) })}
          />
        )}
      </Field>
    </>
  );
}
