import { QueryClient } from "@tanstack/react-query";
import { ProblemError } from "./api";

const triesOnSilence = 2;

/** A cache that asks again when the server was silent, and takes a refusal for an answer. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        refetchOnWindowFocus: false,
        retry: (failures, error) => failures < triesOnSilence && isSilence(error),
      },
      mutations: { retry: false },
    },
  });
}

const isSilence = (error: unknown) => error instanceof ProblemError && error.problem.code === "unavailable";
