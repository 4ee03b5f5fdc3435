"use client";

import { type FormEvent, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { ProblemError } from "@/lib/client/api";
import { signIn } from "@/lib/client/session";

/** Name and password. Says only that they do not fit, never which of them. */
export function SignInForm({ target }: { target: string }) {
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const password = useRef<HTMLInputElement>(null);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setIsBusy(true);
    setProblem(null);
    try {
      await signIn(String(form.get("username")), String(form.get("password")));
      location.assign(target);
    } catch (error) {
      setIsBusy(false);
      setProblem(wordsFor(error));
      password.current?.focus();
      password.current?.select();
    }
  };

  return (
    <form className="grid gap-4" onSubmit={submit}>
      {problem && (
        <p role="alert" className="rounded-control bg-fail-panel px-3 py-2 text-table text-fail-text">
          {problem}
        </p>
      )}
      <Field label="Name">
        {(control) => (
          <Input
            {...control}
            name="username"
            autoComplete="username"
            autoCapitalize="none"
            required
            autoFocus
            maxLength={100}
          />
        )}
      </Field>
      <Field label="Password">
        {(control) => (
          <Input
            {...control}
            ref={password}
            name="password"
            type="password"
            autoComplete="current-password"
            required
            maxLength={200}
          />
        )}
      </Field>
      <div className="grid">
        <Button type="submit" variant="primary" isBusy={isBusy}>
          {isBusy ? "Signing in" : "Sign in"}
        </Button>
      </div>
    </form>
  );
}

function wordsFor(error: unknown): string {
  if (!(error instanceof ProblemError)) throw error;
  switch (error.problem.code) {
    case "unauthenticated":
    case "invalid_input":
      return "Name or password is wrong.";
    default:
      return error.problem.cause;
  }
}
